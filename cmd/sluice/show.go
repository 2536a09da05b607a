package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

func (p *program) showCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show RELEASE|NAMESPACE/APP",
		Short: "Tell a release in words: what was asked, what was done, how it ended and why",
		Args:  takes(1, 1, "a release's id, or NAMESPACE/APP for its newest release"),
		RunE: func(c *cobra.Command, args []string) error {
			i, err := p.open(c.Context())
			if err != nil {
				return err
			}
			r, err := recordOf(c.Context(), i.Ledger, args[0])
			if err != nil {
				return err
			}
			return p.say(renderRecord(r), r)
		},
	}
}

func recordOf(ctx context.Context, s ledger.Store, which string) (ledger.Record, error) {
	if !strings.Contains(which, "/") {
		return findRecord(ctx, s, which)
	}
	app, err := application(which)
	if err != nil {
		return ledger.Record{}, err
	}
	newest, err := newestRecords(ctx, s, []flink.Application{app}, 1)
	if err == nil && len(newest) == 0 {
		err = fmt.Errorf("%s has no release yet: upload %s and a jar below %s/ in the artifact bucket", app, flink.ManifestFile, app)
	}
	if err != nil {
		return ledger.Record{}, err
	}
	return newest[0], nil
}
