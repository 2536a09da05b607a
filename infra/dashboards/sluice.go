package dashboards

import (
	"fmt"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/internal/cloudwatch"
	"github.com/sluice-flink/sluice/internal/flink"
)

// sluice is what Sluice and its state machines say to CloudWatch. Of an application
// that is well nothing is sent: an empty picture is a good one (docs/metrics.md).
func sluice(p platform.Platform, account string) Dashboard {
	stack := p.StackName("eventplane")
	machine := func(name functions.Machine) string {
		return fmt.Sprintf("arn:%s:states:%s:%s:stateMachine:%s-%s", p.Partition, p.Region, account, stack, name)
	}
	say := func(metric flink.Metric, title, about string, unit Unit) Panel {
		return Panel{Title: title, About: about, Unit: unit, Cloud: []CloudQuery{{
			Namespace: "Sluice/" + stack, Metric: string(metric), Statistic: "Maximum",
			Dimensions: map[string]string{cloudwatch.DimensionNamespace: each, cloudwatch.DimensionApplication: each},
			Legend:     fmt.Sprintf("${PROP('Dim.%s')}/${PROP('Dim.%s')}", cloudwatch.DimensionNamespace, cloudwatch.DimensionApplication),
		}}}
	}
	probe := func(metric flink.Metric) []CloudQuery {
		return []CloudQuery{{Namespace: "Sluice/" + stack, Metric: string(metric), Statistic: "Maximum"}}
	}
	return Dashboard{
		Name: "sluice", Title: "Sluice",
		Panels: []Panel{
			{Title: "Applications looked at", Unit: Number, Now: true, Cloud: probe(flink.MetricProbed)},
			{Title: "Not come round to", Unit: Number, Now: true, Cloud: probe(flink.MetricUnprobed)},
			executions(machine(functions.Release), "Releases"),
			executions(machine(functions.Remediate), "Incidents"),
			executions(machine(functions.Rotate), "Rounds of savepoints"),
			{Title: "Time of a release", About: "From the event to its end, the time to prove itself included.", Unit: Millis, Cloud: []CloudQuery{
				ofMachine(machine(functions.Release), "ExecutionTime", "Average", "average"), ofMachine(machine(functions.Release), "ExecutionTime", "Maximum", "longest"),
			}},
			say(flink.MetricUnhealthy, "Unhealthy", "1: the job does not run as it should.", Number),
			say(flink.MetricFailureRestarts, "Failures of the job's own", "Within five minutes; lost nodes and rescaling are none.", Number),
			say(flink.MetricCheckpointAge, "Age of the newest checkpoint", "From ten minutes on.", Seconds),
			say(flink.MetricSnapshotAge, "Age of the newest savepoint", "Once it is a round older than the policy wants.", Seconds),
			say(flink.MetricUnobservable, "Could not be looked at", "1: the Kubernetes API or the ledger does not answer.", Number),
		},
	}
}

// executions are those of a machine, by how they end
// (https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html).
func executions(arn, title string) Panel {
	p := Panel{Title: title, Unit: Number}
	for _, end := range []string{"Started", "Succeeded", "Failed", "TimedOut", "Aborted"} {
		p.Cloud = append(p.Cloud, ofMachine(arn, "Executions"+end, "Sum", end))
	}
	return p
}

func ofMachine(arn, metric, statistic, legend string) CloudQuery {
	return CloudQuery{Namespace: "AWS/States", Metric: metric, Statistic: statistic, Dimensions: map[string]string{"StateMachineArn": arn}, Legend: legend}
}
