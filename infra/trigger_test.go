package main

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/events"
)

// rules are what starts the machine, by the bus they are on; "" is the default bus.
func rules(t *testing.T, plane template) map[string]resource {
	t.Helper()
	found := map[string]resource{}
	for _, rule := range plane.ofType("AWS::Events::Rule") {
		bus := ""
		if name, given := rule.Properties["EventBusName"]; given {
			bus = text(name)
		}
		found[bus] = rule
	}
	bus, _ := plane.only(t, "AWS::Events::EventBus")
	own, ok := found["<"+bus+">"]
	if _, s3 := found[""]; !s3 || !ok || len(found) != 2 || len(plane.ofType("AWS::Events::Rule")) != 2 {
		t.Fatalf("there are rules on the buses %v, want one on the default bus, where S3 sends, and one on our own", slices.Sorted(maps.Keys(found)))
	}
	return map[string]resource{"": found[""], "own": own}
}

func TestTheRulesHaveThePatternsOfWhatStartsARelease(t *testing.T) {
	plane := read(t, publicStack)
	for bus, pattern := range map[string]events.Pattern{
		"":    events.NewArtifact(map[string]any{"Ref": artifactsID(t, plane)}),
		"own": events.ChangesRequested(),
	} {
		raw, err := json.Marshal(pattern)
		if err != nil {
			t.Fatal(err)
		}
		var want any
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		rule := rules(t, plane)[bus]
		if diff := cmp.Diff(want, rule.Properties["EventPattern"]); diff != "" {
			t.Errorf("the pattern of the rule on the bus %q is another one (-want +got):\n%s", bus, diff)
		}
		if state := rule.Properties["State"]; state != "ENABLED" {
			t.Errorf("the rule on the bus %q is %v", bus, state)
		}
	}
}

func TestWhatARuleCannotDeliverIsKeptAndSomebodyIsTold(t *testing.T) {
	plane := read(t, publicStack)
	machine, _ := plane.only(t, "AWS::StepFunctions::StateMachine")
	queue, kept := plane.only(t, "AWS::SQS::Queue")
	_, alarm := plane.only(t, "AWS::CloudWatch::Alarm")
	want := map[string]any{
		"seconds a message is kept": 1209600.0, "queue's encryption": true, "alarm's metric": "ApproximateNumberOfMessagesVisible",
		"alarm's queue": "<" + queue + ".QueueName>", "alarm's threshold": 1.0,
	}
	got := map[string]any{
		"seconds a message is kept": kept.Properties["MessageRetentionPeriod"], "queue's encryption": kept.Properties["SqsManagedSseEnabled"], "alarm's metric": alarm.Properties["MetricName"],
		"alarm's queue": text(at(many(alarm.Properties["Dimensions"])[0], "Value")), "alarm's threshold": alarm.Properties["Threshold"],
	}
	for bus, rule := range rules(t, plane) {
		targets := many(rule.Properties["Targets"])
		if len(targets) != 1 {
			t.Fatalf("the rule on the bus %q has %d targets, want the release machine alone", bus, len(targets))
		}
		want[bus+" target"], got[bus+" target"] = "<"+machine+">", text(at(targets[0], "Arn"))
		want[bus+" queue"], got[bus+" queue"] = "<"+queue+".Arn>", text(at(targets[0], "DeadLetterConfig", "Arn"))
		want[bus+" seconds an event is tried for"], got[bus+" seconds an event is tried for"] = 86400.0, at(targets[0], "RetryPolicy", "MaximumEventAgeInSeconds")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSluicesOwnEventsHaveABusOfTheirOwn(t *testing.T) {
	_, bus := read(t, publicStack).only(t, "AWS::Events::EventBus")
	if name := text(bus.Properties["Name"]); name != "<AWS::StackName>" {
		t.Errorf("the bus is named %s", name)
	}
}
