package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/flink"
)

func TestTheProbeIsCalledEveryMinuteAndNeverTwiceForOne(t *testing.T) {
	plane := read(t, publicStack)
	f := functions.Function{}
	for _, one := range functions.Catalogue() {
		if one.Name == functions.Probe {
			f = one
		}
	}
	id, _ := functionOf(t, plane, f)
	found := 0
	for _, schedule := range plane.ofType("AWS::Scheduler::Schedule") {
		if text(at(schedule.Properties, "Target", "Arn")) != "<"+id+".Arn>" {
			continue
		}
		found++
		got := fmt.Sprint(schedule.Properties["ScheduleExpression"], at(schedule.Properties, "FlexibleTimeWindow", "Mode"), at(schedule.Properties, "Target", "Input"), at(schedule.Properties, "Target", "RetryPolicy", "MaximumRetryAttempts"))
		if got != `rate(1 minute)OFF{"shard":0,"of":1}0` {
			t.Errorf("the probe's schedule is %s", got)
		}
	}
	_, invoked := plane.only(t, "AWS::Lambda::EventInvokeConfig")
	if found != 1 || invoked.Properties["MaximumRetryAttempts"] != 0.0 {
		t.Errorf("%d schedules call the probe, and Lambda tries %v times more", found, invoked.Properties["MaximumRetryAttempts"])
	}
}

func TestEveryMetricThatIsSentIsReadByAnAlarm(t *testing.T) {
	plane := read(t, publicStack)
	read := map[string]string{}
	for id, alarm := range plane.ofType("AWS::CloudWatch::Alarm") {
		if name, plain := alarm.Properties["MetricName"].(string); plain {
			read[name] = id
			continue
		}
		query := text(at(many(alarm.Properties["Metrics"])[0], "Expression"))
		metric, rest, _ := strings.Cut(strings.TrimPrefix(query, "SELECT MAX("), ")")
		if want := ` FROM SCHEMA("Sluice/<AWS::StackName>", Namespace, Application) GROUP BY Namespace, Application ORDER BY MAX() DESC`; rest != want {
			t.Errorf("%s asks %s", id, query)
		}
		if alarm.Properties["TreatMissingData"] != "notBreaching" {
			t.Errorf("%s does not take silence for health, and of what is well nothing is sent", id)
		}
		read[metric] = id
	}
	for _, m := range []flink.Metric{flink.MetricFailureRestarts, flink.MetricUnhealthy, flink.MetricCheckpointAge, flink.MetricSnapshotAge, flink.MetricUnobservable, flink.MetricProbed, flink.MetricUnprobed} {
		if read[string(m)] == "" {
			t.Errorf("no alarm reads %s", m)
		}
	}
}

func TestTheProbeSendsIntoTheStacksNamespaceAlone(t *testing.T) {
	for role, statements := range statementsOf(read(t, publicStack)) {
		for _, s := range statements {
			if s.sid == "PutMetrics" && text(at(s.condition, "StringEquals", "cloudwatch:namespace")) != "Sluice/<AWS::StackName>" {
				t.Errorf("%s may send metrics under %v", role, s.condition)
			}
		}
	}
}
