//go:build e2e

package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// repairs is the short form of the demo's scene of an alarm: a version that
// begins to fail after its release is rolled back, and the alarm is quiet again.
func (i *installation) repairs(t *testing.T) {
	var good ledger.Record
	inTurn(t, []step{
		{"a version that will fail is released", func(t *testing.T) {
			hurried := i.manifest(t, `--rate, "50"`, `--rate, "2000"`, "  bakeTime: 15s\n", "  bakeTime: 5s\n  remediation: {steps: [Rollback, Escalate], rollbackWindow: 2h}\n")
			want(t, i.drop(t, flink.ManifestFile, hurried), flink.Ignored, flink.NoJarYet, "")
			good = i.drop(t, "counter-v1.jar", i.Jar(t, "counter-v1.jar"))
			want(t, good, flink.Succeeded, flink.Released, "starting empty")
			want(t, i.drop(t, "counter-v5.jar", i.Jar(t, "counter-v5-poisoned.jar")), flink.Succeeded, flink.Released, "")
		}},
		{"its alarm has it rolled back", func(t *testing.T) {
			i.watch(t)
			r := i.incident(t)
			if r.Outcome != flink.IncidentHelped || len(r.Steps) != 1 || r.Steps[0].Step != flink.StepRollback || r.Steps[0].Outcome != flink.Succeeded {
				t.Errorf("the incident ended %s, %s: %s; steps %+v", r.Outcome, r.Check, r.Message, r.Steps)
			}
			if now := i.look(t); now.Current != good.Revision || now.Revision != good.Revision {
				t.Errorf("%+v runs, and %s was good", now, good.Revision)
			}
		}},
		{"every number was committed once", i.continuous},
	})
}

// watch puts an alarm of the application's own on what the probe tells of it.
func (i *installation) watch(t *testing.T) {
	t.Helper()
	namespace := ""
	for _, f := range i.Plane.Stack().Functions {
		if n := f.Environment[functions.EnvMetrics]; n != "" {
			namespace = n
		}
	}
	client := cloudwatch.NewFromConfig(i.Where.Config(), func(o *cloudwatch.Options) { o.BaseEndpoint = &i.Where.Events })
	_, err := client.PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String(i.app.Name + "-fails"), Namespace: &namespace, MetricName: aws.String(string(flink.MetricFailureRestarts)),
		Dimensions: []cwtypes.Dimension{{Name: aws.String("Namespace"), Value: &i.app.Namespace}, {Name: aws.String("Application"), Value: &i.app.Name}},
		Statistic:  cwtypes.StatisticMaximum, Period: aws.Int32(60), EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(1),
		ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanOrEqualToThreshold, TreatMissingData: aws.String("notBreaching"),
	})
	must(t, err)
}

// incidentWithin is a limit for a test that hangs, not a measure.
const incidentWithin = 20 * time.Minute

// incident waits until one was opened and has ended. The alarm of the template
// may go off as well: then it joins, and has a record of that.
func (i *installation) incident(t *testing.T) ledger.IncidentRecord {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), incidentWithin)
	defer cancel()
	for ; ctx.Err() == nil; pause(ctx) {
		d, _, err := i.Ledger.Document(ctx, i.app)
		must(t, err)
		ids, err := i.Ledger.Incidents(ctx, i.app, 10)
		must(t, err)
		if d.Incident != nil {
			continue
		}
		for _, id := range ids {
			r, err := i.Ledger.Incident(ctx, i.app, id)
			must(t, err)
			if r.Outcome == flink.IncidentIgnored {
				continue
			}
			for _, m := range r.Timeline {
				t.Logf("%s: %s", m.State, m.Note)
			}
			return r
		}
	}
	t.Fatalf("no incident within %s", incidentWithin)
	return ledger.IncidentRecord{}
}
