package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/internal/ledger"
)

// releasesAnswer is what releases prints for machines.
type releasesAnswer struct {
	Releases []ledger.Record `json:"releases"` // newest first
	InFlight []inFlight      `json:"inFlight"`
}

func (p *program) releasesCommand() *cobra.Command {
	limit := 20
	c := &cobra.Command{
		Use:   "releases [NAMESPACE/APP]",
		Short: "List releases, the newest first, and what is in flight",
		Args:  takes(0, 1, "at most one NAMESPACE/APP"),
		RunE:  func(c *cobra.Command, args []string) error { return p.releases(c, args, limit) },
	}
	c.Flags().IntVar(&limit, "limit", limit, "how many to list")
	return c
}

func (p *program) releases(c *cobra.Command, args []string, limit int) error {
	if limit < 1 {
		return usageError{fmt.Errorf("--limit is %d; it takes at least 1", limit)}
	}
	i, err := p.open(c.Context())
	if err != nil {
		return err
	}
	apps, err := applications(c.Context(), i.Ledger, args)
	if err != nil {
		return err
	}
	docs, err := documents(c.Context(), i.Ledger, apps)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		apps = append(apps, ledger.NoApplication) // events whose key names no application
	}
	records, err := newestRecords(c.Context(), i.Ledger, apps, limit)
	if err != nil {
		return err
	}
	answer := releasesAnswer{Releases: records, InFlight: flights(docs)}
	return p.say(renderReleases(answer), answer)
}
