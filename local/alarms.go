package local

import (
	"path/filepath"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/local/metrics"
	"github.com/sluice-flink/sluice/local/template"
)

func (p *Plane) metricOptions() metrics.Options {
	o := metrics.Options{
		File: filepath.Join(p.dir, "alarms.json"), Account: Place.Account, Region: Place.Region, Partition: Place.Partition,
		Clock: asl.RealClock{}, Send: p.alarmed, Gather: p.queued, Log: p.log.printf,
	}
	for _, a := range p.stack.Alarms {
		o.Alarms = append(o.Alarms, metrics.Definition{
			Name: a.Name, ARN: a.ARN, Description: a.Description, Namespace: a.Namespace, MetricName: a.Metric, Dimensions: a.Dimensions, Statistic: a.Statistic,
			QueryID: a.QueryID, Expression: a.Expression, Period: a.Period, EvaluationPeriods: a.EvaluationPeriods, DatapointsToAlarm: a.DatapointsToAlarm,
			Threshold: a.Threshold, ComparisonOperator: a.Comparison, TreatMissingData: a.TreatMissing, Tags: a.Tags,
		})
	}
	return o
}

func (p *Plane) alarmed(e events.Event) {
	if err := p.Put(template.DefaultBus, e); err != nil {
		p.log.printf("an event of CloudWatch is lost: %v: %s", err, e.Detail)
	}
}

// queued is what SQS itself says of its queues; of the metrics of AWS services
// it is the only one here.
func (p *Plane) queued() []metrics.Datum {
	var all []metrics.Datum
	for _, name := range p.queueNames() {
		visible, _, err := p.queues.Waiting(name)
		if err != nil {
			p.log.printf("queue %s cannot be counted: %v", name, err)
			continue
		}
		all = append(all, metrics.Datum{Namespace: "AWS/SQS", Name: "ApproximateNumberOfMessagesVisible", Dimensions: map[string]string{"QueueName": name}, At: time.Now(), Value: float64(visible)})
	}
	return all
}

// Metrics are the plane's metrics and alarms.
func (p *Plane) Metrics() *metrics.Service { return p.metrics }
