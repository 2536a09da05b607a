package main

import (
	"github.com/spf13/pflag"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
)

// rollbackChange goes back to a revision that was good.
func rollbackChange() change {
	return change{kind: flink.Rollback, use: "rollback NAMESPACE/APP", short: "Go back to the revision that was good before, with the state there is", takes: "one NAMESPACE/APP", count: 1,
		flags: func(set *pflag.FlagSet, d *events.ChangeRequestedDetail) {
			set.StringVar(&d.Revision, "to", "", "revision to go back to (default: the newest good one before what runs)")
		}}
}
