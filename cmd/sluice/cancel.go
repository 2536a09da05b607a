package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

func (p *program) cancelCommand() *cobra.Command {
	var o asking
	c := &cobra.Command{
		Use:   "cancel NAMESPACE/APP|RELEASE",
		Short: "Call off the release in flight, or a change that waits; what was done is undone",
		Args:  takes(1, 1, "one NAMESPACE/APP or a release's id"),
		RunE: func(c *cobra.Command, args []string) error {
			i, err := p.open(c.Context())
			if err != nil {
				return err
			}
			app, release, err := unended(c.Context(), i.Ledger, args[0])
			if err != nil {
				return err
			}
			d := events.ChangeRequestedDetail{Release: release}
			o.fill(&d, app, flink.Cancel)
			return p.carryOut(c.Context(), i, o, d)
		},
	}
	o.declare(c.Flags(), false)
	return c
}

// unended finds the application of a release that has not ended. An application
// stands for whichever of its releases is in flight.
func unended(ctx context.Context, s ledger.Store, which string) (flink.Application, string, error) {
	if isApplication(which) {
		app, err := application(which)
		return app, "", err
	}
	apps, err := s.Applications(ctx)
	if err != nil {
		return flink.Application{}, "", err
	}
	docs, err := documents(ctx, s, apps)
	if err != nil {
		return flink.Application{}, "", err
	}
	for _, d := range docs {
		if slices.Contains(goingOn(d), which) {
			return d.Application, which, nil
		}
	}
	return flink.Application{}, "", fmt.Errorf("no release %s is in flight or waits: sluice releases lists what does", which)
}

// goingOn lists the releases of an application that have not ended.
func goingOn(d ledger.Document) []string {
	var all []string
	if d.Lease != nil {
		all = append(all, d.Lease.Release)
	}
	if d.Pending != nil {
		all = append(all, d.Pending.ID)
	}
	if d.Parked != nil {
		all = append(all, d.Parked.ID)
	}
	return all
}

func isApplication(which string) bool { return strings.Contains(which, "/") }
