package main

import (
	"github.com/spf13/pflag"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
)

// suspendChange ends a job for a while.
func suspendChange() change {
	return change{kind: flink.Suspend, use: "suspend NAMESPACE/APP", short: "End the job with a savepoint and keep it so until sluice resume", takes: "one NAMESPACE/APP", count: 1, flags: abandon}
}

// abandon declares the flag of what ends a job.
func abandon(set *pflag.FlagSet, d *events.ChangeRequestedDetail) {
	set.BoolVar(&d.AbandonState, "abandon-state", false, "end the job even if no savepoint can be taken: what it knows since its last checkpoint is lost")
}
