package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// resumeAnswer is what resume prints for machines.
type resumeAnswer struct {
	Application flink.Application `json:"application"`
	Closed      *ledger.Circuit   `json:"closed"` // null: no circuit was open
}

func (p *program) resumeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "resume NAMESPACE/APP",
		Short: "Close an application's circuit: releases start again",
		Args:  takes(1, 1, "one NAMESPACE/APP"),
		RunE: func(c *cobra.Command, args []string) error {
			app, err := application(args[0])
			if err != nil {
				return err
			}
			i, err := p.open(c.Context())
			if err != nil {
				return err
			}
			closed, err := closeCircuit(c.Context(), i.Ledger, app)
			if err != nil {
				return err
			}
			return p.say(renderResume(app, closed), resumeAnswer{app, closed})
		},
	}
}

// errNothingOpen keeps the ledger from being written for nothing.
var errNothingOpen = errors.New("no circuit is open")

// closeCircuit closes it and tells what was closed; nil when none was open.
func closeCircuit(ctx context.Context, s ledger.Store, app flink.Application) (*ledger.Circuit, error) {
	var closed *ledger.Circuit
	_, err := ledger.Update(ctx, s, app, func(d *ledger.Document) error {
		if closed = d.Circuit; closed == nil {
			return errNothingOpen
		}
		d.Circuit = nil
		return nil
	})
	if errors.Is(err, errNothingOpen) {
		return nil, nil
	}
	return closed, err
}

func renderResume(app flink.Application, closed *ledger.Circuit) string {
	if closed == nil {
		return fmt.Sprintf("%s: no circuit is open, nothing was changed\n", app)
	}
	return fmt.Sprintf("%s: closed the circuit that release %s opened at %s\n  %s\nThe next upload is released again; what was rejected meanwhile has to be uploaded again.\n",
		app, closed.Release, clock(closed.Since), closed.Message)
}
