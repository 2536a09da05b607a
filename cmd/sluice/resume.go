package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// resumeAnswer is what resume prints for machines.
type resumeAnswer struct {
	Application flink.Application `json:"application"`
	Closed      *ledger.Circuit   `json:"closed"`            // null: no circuit was open
	Resumed     *asked            `json:"resumed,omitempty"` // absent: the job was not suspended
}

func (p *program) resumeCommand() *cobra.Command {
	var o asking
	c := &cobra.Command{
		Use:   "resume NAMESPACE/APP",
		Short: "Close an application's circuit, so that releases start again, and run a suspended job again",
		Args:  takes(1, 1, "one NAMESPACE/APP"),
		RunE: func(c *cobra.Command, args []string) error {
			app, i, err := p.openFor(c.Context(), args[0])
			if err != nil {
				return err
			}
			return p.resume(c.Context(), i, app, o)
		},
	}
	o.declare(c.Flags(), true)
	return c
}

// resume closes an open circuit and asks for a suspended job to run again. A dry
// run closes nothing.
func (p *program) resume(ctx context.Context, i *installation, app flink.Application, o asking) error {
	answer := resumeAnswer{Application: app}
	d, err := amend(ctx, i.Ledger, app, func(d *ledger.Document) error {
		if answer.Closed = d.Circuit; answer.Closed == nil || o.dryRun {
			answer.Closed = nil
			return errNothingToWrite
		}
		d.Circuit = nil
		return nil
	})
	if err != nil {
		return err
	}
	if d.Suspended == nil {
		return p.say(renderResume(answer), answer)
	}
	var change events.ChangeRequestedDetail
	o.fill(&change, app, flink.Resume)
	a, err := p.ask(ctx, i, o, change)
	if err != nil {
		return err
	}
	answer.Resumed = &a
	text := renderAsked(change, a)
	if answer.Closed != nil {
		text = renderResume(answer) + "\n" + text
	}
	if err := p.say(text, answer); err != nil {
		return err
	}
	return a.end()
}

func renderResume(a resumeAnswer) string {
	if a.Closed == nil {
		return fmt.Sprintf("%s: no circuit is open and the job is not suspended, nothing was changed\n", a.Application)
	}
	return fmt.Sprintf("%s: closed the circuit that release %s opened at %s\n  %s\nThe next upload is released again; what was rejected meanwhile has to be uploaded again.\n",
		a.Application, a.Closed.Release, clock(a.Closed.Since), a.Closed.Message)
}
