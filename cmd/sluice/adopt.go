package main

import "github.com/sluice-flink/sluice/internal/flink"

// adoptChange makes Sluice the one who changes what runs already.
func adoptChange() change {
	return change{kind: flink.Adopt, use: "adopt NAMESPACE/APP", short: "Take over a FlinkDeployment that runs already, without a restart", takes: "one NAMESPACE/APP", count: 1}
}
