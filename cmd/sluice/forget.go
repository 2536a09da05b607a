package main

import (
	"context"
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
	return p.onApplication("forget NAMESPACE/APP", "Forget what ran: the next jar of a deleted application starts empty",
		func(ctx context.Context, i *installation, app flink.Application) (string, any, error) {
			forgotten, err := forget(ctx, i.Ledger, app, time.Now())
			return renderForget(app, forgotten), forgetAnswer{app, forgotten}, err
		})
}

// forget makes the application one that was never deployed, and tells which
// revision ran. It refuses while a release holds the application.
func forget(ctx context.Context, s ledger.Store, app flink.Application, now time.Time) (string, error) {
	forgotten := ""
	_, err := amend(ctx, s, app, func(d *ledger.Document) error {
		if d.Held(now) {
			return flink.Errorf(flink.Conflict, "forget "+app.String(), "release %s is in flight: try again when it has ended", d.Lease.Release)
		}
		if forgotten = known(d); forgotten == "" {
			return errNothingToWrite
		}
		d.Forget()
		return nil
	})
	return forgotten, err
}

// known is the revision that the ledger would have the next release go on from.
func known(d *ledger.Document) string {
	if d.Deleted != nil {
		return orElse(d.Deleted.Revision, "(none)")
	}
	return d.Current
}

func renderForget(app flink.Application, forgotten string) string {
	if forgotten == "" {
		return fmt.Sprintf("%s: nothing is known to run, nothing was changed\n", app)
	}
	return fmt.Sprintf("%s: forgot that revision %s ran; its savepoints and records are kept\nIf the FlinkDeployment is gone, the next upload starts it empty. If it is there, the next upload is an upgrade all the same.\n", app, forgotten)
}
