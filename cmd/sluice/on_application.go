package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// onApplication is a command about one application: do gets its installation
// and answers with what people and what machines are told.
func (p *program) onApplication(use, short string, do func(context.Context, *installation, flink.Application) (string, any, error)) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: takes(1, 1, "one NAMESPACE/APP"),
		RunE: func(c *cobra.Command, args []string) error {
			app, i, err := p.openFor(c.Context(), args[0])
			if err != nil {
				return err
			}
			text, answer, err := do(c.Context(), i, app)
			if err != nil {
				return err
			}
			return p.say(text, answer)
		},
	}
}

// openFor opens the installation for a command about the application of that
// name; a name that is none is said first.
func (p *program) openFor(ctx context.Context, name string) (flink.Application, *installation, error) {
	app, err := application(name)
	if err != nil {
		return app, nil, err
	}
	i, err := p.open(ctx)
	return app, i, err
}

// errNothingToWrite keeps the ledger from being written for nothing.
var errNothingToWrite = errors.New("nothing to write")

// amend changes an application's document; what change says is errNothingToWrite
// leaves it alone and is no error.
func amend(ctx context.Context, s ledger.Store, app flink.Application, change func(*ledger.Document) error) (ledger.Document, error) {
	d, err := ledger.Update(ctx, s, app, change)
	if errors.Is(err, errNothingToWrite) {
		return d, nil
	}
	return d, err
}
