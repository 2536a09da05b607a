package main

import "github.com/sluice-flink/sluice/internal/flink"

// restartChange starts what runs again.
func restartChange() change {
	return change{kind: flink.Restart, use: "restart NAMESPACE/APP", short: "Start the same revision again, with its state", takes: "one NAMESPACE/APP", count: 1}
}
