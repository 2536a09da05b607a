package main

import (
	"context"
	"errors"

	"github.com/spf13/pflag"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
)

// redeployChange starts a revision from a chosen state.
func redeployChange() change {
	latest := false
	return change{kind: flink.Redeploy, use: "redeploy NAMESPACE/APP --from SNAPSHOT|--latest", short: "Start from a chosen savepoint or checkpoint",
		long: "Ends the job, if it runs, and starts it from the chosen state; what was processed since is processed again. What is\n" +
			"damaged or being removed is refused. sluice snapshots lists what there is, with ids.", takes: "one NAMESPACE/APP", count: 1,
		further: func(_ []string, d *events.ChangeRequestedDetail) error {
			switch {
			case d.Snapshot == "" && !latest:
				return usageError{errors.New("redeploy needs --from and the id or path of a savepoint, or the path of a checkpoint (sluice snapshots lists those of an application), or --latest for the newest there is")}
			case d.Snapshot != "" && latest:
				return usageError{errors.New("--from names a state and --latest has one found: give one of them")}
			}
			return nil
		},
		choose: func(ctx context.Context, p *program, i *installation, d *events.ChangeRequestedDetail) error {
			if !latest {
				return nil
			}
			return p.chooseLatest(ctx, i, d)
		},
		flags: func(set *pflag.FlagSet, d *events.ChangeRequestedDetail) {
			set.StringVar(&d.Snapshot, "from", "", "id or path of the savepoint or checkpoint to start from")
			set.BoolVar(&latest, "latest", false, "find the newest whole savepoint or retained checkpoint: the way back when Flink's high-availability record is lost")
			set.StringVar(&d.Revision, "revision", "", "revision to start (default: what runs, or ran last)")
		}}
}
