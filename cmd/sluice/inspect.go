package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/internal/savepoint"
)

// inspection is what inspect prints for machines.
type inspection struct {
	Path     string             `json:"path"`
	ID       string             `json:"id"`
	Size     int64              `json:"size"` // bytes of the files that are there
	Metadata savepoint.Metadata `json:"metadata"`
	Files    []neededFile       `json:"files"`
}

// neededFile is a file that the savepoint needs.
type neededFile struct {
	URI   string `json:"uri"`
	Size  int64  `json:"size"` // bytes of the object
	Fault string `json:"fault,omitempty"`
}

func (p *program) inspectCommand() *cobra.Command {
	files := false
	c := &cobra.Command{
		Use:   "inspect PATH | inspect NAMESPACE/APP ID",
		Short: "Tell what is in a savepoint or retained checkpoint: its operators, its files, and what is missing",
		Long: "Reads Flink's _metadata below PATH (s3://, s3a:// or s3p://), or of the savepoint that sluice snapshots lists\n" +
			"under that id, and looks for every file that it refers to.\n" +
			"State files are listed, not read: that their content is what was written is proven by the checksums of\n" +
			"the snapshots that Sluice took. Exits with 1 when a file is missing or has another size.",
		Args: takes(1, 2, "the path of a savepoint, or NAMESPACE/APP and an id"),
		RunE: func(c *cobra.Command, args []string) error { return p.inspect(c, args, files) },
	}
	c.Flags().BoolVar(&files, "files", files, "list every file")
	return c
}

func (p *program) inspect(c *cobra.Command, args []string, files bool) error {
	i, path, err := p.inspected(c.Context(), args)
	if err != nil {
		return err
	}
	if i.States == nil {
		return errors.New("the bucket of the savepoints cannot be reached from here")
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

// inspected opens the installation and finds the path that is meant.
func (p *program) inspected(ctx context.Context, args []string) (*installation, string, error) {
	if len(args) == 1 {
		if _, err := savepoint.ParsePath(args[0]); err != nil {
			return nil, "", usageError{err}
		}
		i, err := p.open(ctx)
		return i, args[0], err
	}
	app, i, err := p.openFor(ctx, args[0])
	if err != nil {
		return nil, "", err
	}
	d, _, err := i.Ledger.Document(ctx, app)
	if err != nil {
		return nil, "", err
	}
	if s := d.Find(args[1]); s != nil {
		return i, s.Path, nil
	}
	if i.States == nil {
		return i, "", nil
	}
	s, _, err := i.strayOf(ctx, &d, args[1])
	return i, s.Path, err
}

func inspectionOf(path string, c savepoint.Contents) inspection {
	faults := map[string]string{}
	for _, f := range c.Faults() {
		faults[f.File] = f.Message
	}
	i := inspection{Path: path, ID: savepoint.ID(path), Size: c.Size, Metadata: c.Metadata}
	for _, f := range c.Files {
		file := neededFile{URI: f.At.String(), Fault: faults[f.At.String()]}
		if f.Object != nil {
			file.Size = f.Object.Size
		}
		i.Files = append(i.Files, file)
	}
	return i
}
