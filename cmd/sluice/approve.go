package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// approveAnswer is what approve and deny print for machines.
type approveAnswer struct {
	Application flink.Application `json:"application"`
	Release     string            `json:"release"`
	Answer      ledger.Answer     `json:"answer"`
}

func (p *program) approveCommand() *cobra.Command {
	return p.answerCommand("approve", "Say yes to a change that waits for approval: it goes on with a fresh plan", true)
}

func (p *program) denyCommand() *cobra.Command {
	return p.answerCommand("deny", "Say no to a change that waits for approval: it ends and nothing is touched", false)
}

func (p *program) answerCommand(name, short string, approved bool) *cobra.Command {
	var o asking
	c := &cobra.Command{
		Use: name + " RELEASE|NAMESPACE/APP", Short: short,
		Args: takes(1, 1, "a release's id, or NAMESPACE/APP for the one that waits there"),
		RunE: func(c *cobra.Command, args []string) error {
			i, err := p.open(c.Context())
			if err != nil {
				return err
			}
			answer := ledger.Answer{Approved: approved, By: orElse(o.by, whoami()), Why: o.why, At: time.Now().UTC().Truncate(time.Second)}
			app, release, err := respond(c.Context(), i, args[0], answer)
			if err != nil {
				return err
			}
			return p.say(renderAnswer(app, release, answer), approveAnswer{app, release, answer})
		},
	}
	o.voice(c.Flags())
	return c
}

// respond writes the answer into the ledger and then wakes the execution that
// waits for it. Dying between the two is mended by answering again.
func respond(ctx context.Context, i *installation, which string, answer ledger.Answer) (flink.Application, string, error) {
	app, release, err := waitsForApproval(ctx, i.Ledger, which)
	if err != nil {
		return app, release, err
	}
	d, err := ledger.Update(ctx, i.Ledger, app, func(d *ledger.Document) error { return d.Respond(release, answer) })
	if err != nil {
		return app, release, err
	}
	return app, release, wake(ctx, i, app, d.Outbox)
}

// waitsForApproval finds what waits by a release's id or by its application.
func waitsForApproval(ctx context.Context, s ledger.Store, which string) (flink.Application, string, error) {
	if !isApplication(which) {
		return unended(ctx, s, which)
	}
	app, err := application(which)
	if err != nil {
		return app, "", err
	}
	d, _, err := s.Document(ctx, app)
	switch {
	case err != nil:
		return app, "", err
	case d.Parked == nil:
		return app, "", fmt.Errorf("nothing of %s waits for approval", app)
	}
	return app, d.Parked.ID, nil
}

func renderAnswer(app flink.Application, release string, a ledger.Answer) string {
	if !a.Approved {
		return fmt.Sprintf("%s: denied release %s as %s; it ends and nothing is touched\n", app, release, a.By)
	}
	return fmt.Sprintf("%s: approved release %s as %s; it goes on with a fresh plan: sluice status %s\n", app, release, a.By, app)
}
