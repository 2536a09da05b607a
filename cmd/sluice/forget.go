package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// forgetAnswer is what forget prints for machines.
type forgetAnswer struct {
	Application flink.Application `json:"application"`
	Forgotten   string            `json:"forgotten"` // revision that ran; empty: none was known
}

func (p *program) forgetCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "forget NAMESPACE/APP",
		Short: "Forget what ran: the next jar of a deleted application starts empty",
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
			forgotten, err := forget(c.Context(), i.Ledger, app, time.Now())
			if err != nil {
				return err
			}
			return p.say(renderForget(app, forgotten), forgetAnswer{app, forgotten})
		},
	}
}

// errNothingKnown keeps the ledger from being written for nothing.
var errNothingKnown = errors.New("nothing is known to run")

// forget makes the application one that was never deployed, and tells which
// revision ran. It refuses while a release holds the application.
func forget(ctx context.Context, s ledger.Store, app flink.Application, now time.Time) (string, error) {
	forgotten := ""
	_, err := ledger.Update(ctx, s, app, func(d *ledger.Document) error {
		if d.Held(now) {
			return flink.Errorf(flink.Conflict, "forget "+app.String(), "release %s is in flight: try again when it has ended", d.Lease.Release)
		}
		if forgotten = d.Current; forgotten == "" {
			return errNothingKnown
		}
		d.Forget()
		return nil
	})
	if errors.Is(err, errNothingKnown) {
		return "", nil
	}
	return forgotten, err
}

func renderForget(app flink.Application, forgotten string) string {
	if forgotten == "" {
		return fmt.Sprintf("%s: nothing is known to run, nothing was changed\n", app)
	}
	return fmt.Sprintf("%s: forgot that revision %s ran; its savepoints and records are kept\nIf the FlinkDeployment is gone, the next upload starts it empty. If it is there, the next upload is an upgrade all the same.\n", app, forgotten)
}
