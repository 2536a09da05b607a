package main

import "github.com/sluice-flink/sluice/internal/flink"

// deleteChange ends a job for good.
func deleteChange() change {
	return change{kind: flink.Delete, use: "delete NAMESPACE/APP", short: "End the job with a final savepoint and remove it; records and savepoints are kept", takes: "one NAMESPACE/APP", count: 1, flags: abandon}
}
