package main

import (
	"errors"

	"github.com/spf13/pflag"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
)

// forkChange makes a new application from another's state.
func forkChange() change {
	return change{kind: flink.Fork, use: "fork NAMESPACE/APP NAMESPACE/NEW --from SNAPSHOT", short: "Start a new application from another's savepoint",
		long: "Starts NEW in the same namespace with the state of APP's savepoint; APP goes on as it is. The application.yaml below\n" +
			"NEW/ counts where there is one, else APP's with the name changed. States are never shared, and the savepoint is kept\n" +
			"while NEW may need it. A fork that is not healthy is removed.", takes: "NAMESPACE/APP and NAMESPACE/NEW", count: 2, subject: 1,
		further: func(args []string, d *events.ChangeRequestedDetail) error {
			source, err := application(args[0])
			if err != nil {
				return err
			}
			if d.Snapshot == "" {
				return usageError{errors.New("fork needs --from and the id or path of a savepoint: sluice snapshots lists those of an application")}
			}
			d.Source = source.String()
			return nil
		},
		flags: func(set *pflag.FlagSet, d *events.ChangeRequestedDetail) {
			set.StringVar(&d.Snapshot, "from", "", "id or path of the savepoint to start from")
			set.StringVar(&d.Revision, "revision", "", "revision to start (default: the one that wrote the savepoint)")
		}}
}
