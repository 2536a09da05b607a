package main

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/events"
)

func TestTheRuleHasThePatternOfNewArtifact(t *testing.T) {
	plane := read(t, publicStack)
	_, rule := plane.only(t, "AWS::Events::Rule")
	raw, err := json.Marshal(events.NewArtifact(map[string]any{"Ref": artifactsID(t, plane)}))
	if err != nil {
		t.Fatal(err)
	}
	var want any
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, rule.Properties["EventPattern"]); diff != "" {
		t.Errorf("the rule's pattern is another one (-want +got):\n%s", diff)
	}
	if bus, ok := rule.Properties["EventBusName"]; ok {
		t.Errorf("the rule is on the bus %v; S3 sends to the default bus only", bus)
	}
	if state := rule.Properties["State"]; state != "ENABLED" {
		t.Errorf("the rule is %v", state)
	}
}

func TestWhatTheRuleCannotDeliverIsKeptAndSomebodyIsTold(t *testing.T) {
	plane := read(t, publicStack)
	_, rule := plane.only(t, "AWS::Events::Rule")
	machine, _ := plane.only(t, "AWS::StepFunctions::StateMachine")
	queue, kept := plane.only(t, "AWS::SQS::Queue")
	_, alarm := plane.only(t, "AWS::CloudWatch::Alarm")

	targets := many(rule.Properties["Targets"])
	if len(targets) != 1 {
		t.Fatalf("the rule has %d targets, want the release machine alone", len(targets))
	}
	for name, pair := range map[string][2]any{
		"target":                        {"<" + machine + ">", text(at(targets[0], "Arn"))},
		"dead-letter queue":             {"<" + queue + ".Arn>", text(at(targets[0], "DeadLetterConfig", "Arn"))},
		"seconds an event is tried for": {86400.0, at(targets[0], "RetryPolicy", "MaximumEventAgeInSeconds")},
		"seconds a message is kept":     {1209600.0, kept.Properties["MessageRetentionPeriod"]},
		"queue's encryption":            {true, kept.Properties["SqsManagedSseEnabled"]},
		"alarm's metric":                {"ApproximateNumberOfMessagesVisible", alarm.Properties["MetricName"]},
		"alarm's queue":                 {"<" + queue + ".QueueName>", text(at(many(alarm.Properties["Dimensions"])[0], "Value"))},
		"alarm's threshold":             {1.0, alarm.Properties["Threshold"]},
	} {
		if pair[0] != pair[1] {
			t.Errorf("the %s is %v, want %v", name, pair[1], pair[0])
		}
	}
}

func TestSluicesOwnEventsHaveABusOfTheirOwn(t *testing.T) {
	_, bus := read(t, publicStack).only(t, "AWS::Events::EventBus")
	if name := text(bus.Properties["Name"]); name != "<AWS::StackName>" {
		t.Errorf("the bus is named %s", name)
	}
}
