package main

import (
	"fmt"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/savepoint"
)

// maxName bounds, in bytes, what the job's authors called something.
const maxName = 60

func renderInspection(i inspection, files bool) string {
	var head fields
	head.add("id", i.ID)
	head.add("kind", snapshotKind(i.Metadata))
	head.add("format", fmt.Sprintf("version %d of _metadata", i.Metadata.Version))
	head.add("checkpoint", fmt.Sprint(i.Metadata.CheckpointID))
	head.add("files", fmt.Sprintf("%d, %s", len(i.Files), bytesOf(i.Size)))
	rows := [][]string{{"OPERATOR", "NAME", "PARALLELISM", "MAX", "SUBTASKS", "FILES", "STATE"}}
	for _, o := range i.Metadata.Operators {
		rows = append(rows, operatorRow(o))
	}
	text := i.Path + "\n" + table(head) + "\n" + table(rows)
	return text + renderFiles(i.Files, files)
}

func snapshotKind(m savepoint.Metadata) string {
	if m.Properties == nil {
		return "unknown: Flink tells it since 1.15"
	}
	kind := flink.Foreign(m.Properties.Type, maxName)
	if format := flink.Foreign(m.Properties.Format, maxName); format != "" {
		kind += ", " + strings.ToLower(format)
	}
	return kind
}

// operatorRow counts an operator's files once each, and its state as Flink did.
func operatorRow(o savepoint.Operator) []string {
	files, size := map[string]bool{}, max(0, o.Coordinator)
	for _, s := range o.Subtasks {
		for _, h := range s.Handles {
			size += h.Size
			if h.File != "" {
				files[h.File] = true
			}
		}
	}
	name, subtasks := o.Name, fmt.Sprint(len(o.Subtasks))
	if name == "" {
		name = o.UID
	}
	if o.Finished {
		subtasks = "finished"
	}
	return []string{o.ID, orDash(flink.Foreign(name, maxName)), fmt.Sprint(o.Parallelism), fmt.Sprint(o.MaxParallelism), subtasks, fmt.Sprint(len(files)), bytesOf(size)}
}

// renderFiles lists the files, or only those that are not as they should be.
func renderFiles(files []neededFile, all bool) string {
	rows := [][]string{}
	for _, f := range files {
		if all || f.Fault != "" {
			rows = append(rows, []string{f.URI, bytesOf(f.Size), orDash(f.Fault)})
		}
	}
	if len(rows) == 0 {
		return ""
	}
	return "\n" + table(append([][]string{{"FILE", "SIZE", "FAULT"}}, rows...))
}

// bytesOf is a size for people, in units of 1024.
func bytesOf(n int64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	size, name := float64(n), ""
	for _, name = range []string{"KiB", "MiB", "GiB", "TiB"} {
		if size /= unit; size < unit {
			break
		}
	}
	return fmt.Sprintf("%.1f %s", size, name)
}
