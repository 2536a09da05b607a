package main

import (
	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/internal/savepoint"
)

// inspection is what inspect prints for machines.
type inspection struct {
	Path     string             `json:"path"`
	ID       string             `json:"id"`
	Size     int64              `json:"size"` // bytes of the files that are there
	Metadata savepoint.Metadata `json:"metadata"`
	Files    []inspected        `json:"files"`
}

// inspected is a file that the savepoint needs.
type inspected struct {
	URI   string `json:"uri"`
	Size  int64  `json:"size"` // bytes of the object
	Fault string `json:"fault,omitempty"`
}

func (p *program) inspectCommand() *cobra.Command {
	files := false
	c := &cobra.Command{
		Use:   "inspect PATH",
		Short: "Tell what is in a savepoint or retained checkpoint: its operators, its files, and what is missing",
		Long: "Reads Flink's _metadata below PATH (s3://, s3a:// or s3p://) and looks for every file that it refers to.\n" +
			"State files are listed, not read: that their content is what was written is proven by the checksums of\n" +
			"the snapshots that Sluice took. Exits with 1 when a file is missing or has another size.",
		Args: takes(1, 1, "the path of a savepoint"),
		RunE: func(c *cobra.Command, args []string) error { return p.inspect(c, args[0], files) },
	}
	c.Flags().BoolVar(&files, "files", files, "list every file")
	return c
}

func (p *program) inspect(c *cobra.Command, path string, files bool) error {
	if _, err := savepoint.ParsePath(path); err != nil {
		return usageError{err}
	}
	i, err := p.open(c.Context())
	if err != nil {
		return err
	}
	found, err := savepoint.Store{Objects: i.States}.Contents(c.Context(), path)
	if err != nil {
		return err
	}
	answer := inspectionOf(path, found)
	if err := p.say(renderInspection(answer, files), answer); err != nil {
		return err
	}
	for _, f := range answer.Files {
		if f.Fault != "" {
			return errSaid
		}
	}
	return nil
}

func inspectionOf(path string, c savepoint.Contents) inspection {
	faults := map[string]string{}
	for _, f := range c.Faults() {
		faults[f.File] = f.Message
	}
	i := inspection{Path: path, ID: savepoint.ID(path), Size: c.Size, Metadata: c.Metadata}
	for _, f := range c.Files {
		file := inspected{URI: f.At.String(), Fault: faults[f.At.String()]}
		if f.Object != nil {
			file.Size = f.Object.Size
		}
		i.Files = append(i.Files, file)
	}
	return i
}
