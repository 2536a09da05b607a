package agree

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/sluice-flink/sluice/internal/flink"
)

// names gives paths of savepoints and checkpoints names that mean the same in
// every run: the name a scenario asked for, stop-1 and so on for what the
// operator wrote when it stopped a job, and "a checkpoint of v1".
type names struct {
	paths map[string]string // savepoint's name to path
	stops int
	seen  []written // newest checkpoints that were seen, oldest first
}

// written is a checkpoint that a version was seen to have completed.
type written struct {
	dir     string
	id      int64
	version string
}

var checkpointPath = regexp.MustCompile(`^(.*)/chk-(\d+)/?$`)

// learn takes note of what an observation shows; version is what runs.
func (n *names) learn(o flink.Observation, version string) {
	if p := o.Status.Savepoint.Path; p != "" && checkpointPath.FindStringSubmatch(p) == nil && n.savepoint(p) == "" {
		n.stops++
		n.paths[fmt.Sprintf("stop-%d", n.stops)] = p
	}
	if !actedOn(o) || o.Status.Reconciliation != "DEPLOYED" || o.Job.Checkpoints.Latest == "" {
		return // it may be the version before that still answers
	}
	if c := checkpointPath.FindStringSubmatch(o.Job.Checkpoints.Latest); c != nil {
		id, _ := strconv.ParseInt(c[2], 10, 64)
		n.seen = append(n.seen, written{dir: c[1], id: id, version: version})
	}
}

func (n *names) savepoint(path string) string {
	for name, p := range n.paths {
		if flink.SamePath(p, path) {
			return name
		}
	}
	return ""
}

// of is a path's name.
func (n *names) of(path string) string {
	if path == "" {
		return ""
	}
	if name := n.savepoint(path); name != "" {
		return name
	}
	if c := checkpointPath.FindStringSubmatch(path); c != nil {
		id, _ := strconv.ParseInt(c[2], 10, 64)
		return "a checkpoint of " + n.writer(c[1], id)
	}
	return "a savepoint that nobody asked for"
}

// writer is the version whose newest checkpoint up to this one was seen: not
// every checkpoint is.
func (n *names) writer(dir string, id int64) string {
	writer := "a version not seen"
	for _, w := range n.seen {
		if w.dir == dir && w.id <= id {
			writer = w.version
		}
	}
	return writer
}
