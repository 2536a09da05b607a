package main

import (
	"errors"

	"github.com/spf13/pflag"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
)

// redeployChange starts a revision from a chosen state.
func redeployChange() change {
	return change{kind: flink.Redeploy, use: "redeploy NAMESPACE/APP --from SNAPSHOT", short: "Start from a chosen savepoint or checkpoint", takes: "one NAMESPACE/APP", count: 1,
		further: func(_ []string, d *events.ChangeRequestedDetail) error {
			if d.Snapshot == "" {
				return usageError{errors.New("redeploy needs --from and the id or path of a savepoint, or the path of a checkpoint: sluice snapshots lists those of an application")}
			}
			return nil
		},
		flags: func(set *pflag.FlagSet, d *events.ChangeRequestedDetail) {
			set.StringVar(&d.Snapshot, "from", "", "id or path of the savepoint or checkpoint to start from")
			set.StringVar(&d.Revision, "revision", "", "revision to start (default: what runs, or ran last)")
		}}
}
