package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/functions"
)

func TestTheMachineThatRecoversIsStartedEveryFiveMinutes(t *testing.T) {
	plane := read(t, publicStack)
	machine, _ := machineOf(t, plane, functions.Recover)
	queue, _ := plane.only(t, "AWS::SQS::Queue")
	found := 0
	for id, schedule := range plane.ofType("AWS::Scheduler::Schedule") {
		if text(at(schedule.Properties, "Target", "Arn")) != "<"+machine+">" {
			continue
		}
		found++
		want := map[string]any{"rate": "rate(5 minutes)", "window": "OFF", "queue": "<" + queue + ".Arn>", "seconds a start is tried for": 900.0}
		got := map[string]any{"rate": schedule.Properties["ScheduleExpression"], "window": at(schedule.Properties, "FlexibleTimeWindow", "Mode"),
			"queue":                        text(at(schedule.Properties, "Target", "DeadLetterConfig", "Arn")),
			"seconds a start is tried for": at(schedule.Properties, "Target", "RetryPolicy", "MaximumEventAgeInSeconds")}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
		allowed := map[string]string{}
		for _, s := range statementsOf(plane)[roleOf(at(schedule.Properties, "Target", "RoleArn"))] {
			for n, action := range s.actions {
				allowed[action] = s.resources[min(n, len(s.resources)-1)]
			}
		}
		if diff := cmp.Diff(map[string]string{"states:StartExecution": "<" + machine + ">", "sqs:SendMessage": "<" + queue + ".Arn>"}, allowed); diff != "" {
			t.Errorf("its role may (-want +got):\n%s", diff)
		}
	}
	if found != 1 {
		t.Errorf("%d schedules start it", found)
	}
}
