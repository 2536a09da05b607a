package main

import (
	"fmt"
	"strconv"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
)

// scaleChange gives a job another parallelism.
func scaleChange() change {
	return change{kind: flink.Scale, use: "scale NAMESPACE/APP PARALLELISM", short: "Run with another parallelism; without a restart where Flink can", takes: "NAMESPACE/APP and a parallelism", count: 2,
		further: func(args []string, d *events.ChangeRequestedDetail) error {
			n, err := strconv.Atoi(args[0])
			if err != nil || n < 1 {
				return usageError{fmt.Errorf("%q is no parallelism: write a whole number from 1", args[0])}
			}
			d.Parallelism = n
			return nil
		}}
}
