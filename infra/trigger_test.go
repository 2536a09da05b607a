package main

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/functions"
)

// started is what a rule starts, and for which events of which bus; "" is the default bus.
type started struct {
	pattern events.Pattern
	bus     string
	machine functions.Machine
}

// rules are what starts a machine, by the id that infra/stacks gives them.
func rules(t *testing.T, plane template) map[string]started {
	bus, _ := plane.only(t, "AWS::Events::EventBus")
	return map[string]started{
		"Rule":       {events.NewArtifact(map[string]any{"Ref": artifactsID(t, plane)}), "", functions.Release},
		"DiedRule":   {events.ExecutionsDied(mortal(t, plane)...), "", functions.Recover},
		"ChangeRule": {events.ChangesRequested(), "<" + bus + ">", functions.Release},
		"AlarmRule":  {events.AlarmsRaised(), "", functions.Remediate},
	}
}

// mortal are the machines whose executions leave something behind when they die.
func mortal(t *testing.T, plane template) (arns []any) {
	for _, name := range functions.Machines() {
		if name != functions.Recover {
			id, _ := machineOf(t, plane, name)
			arns = append(arns, map[string]any{"Ref": id})
		}
	}
	return arns
}

// ruleOf finds the resource of a rule by its id, behind which the CDK writes a hash.
func ruleOf(t *testing.T, plane template, id string) resource {
	t.Helper()
	for logical, r := range plane.ofType("AWS::Events::Rule") {
		if len(logical) == len(id)+8 && logical[:len(id)] == id {
			return r
		}
	}
	t.Fatalf("the template has no rule %s", id)
	return resource{}
}

func TestTheRulesHaveThePatternsOfWhatStartsAMachine(t *testing.T) {
	plane := read(t, publicStack)
	if got, want := len(plane.ofType("AWS::Events::Rule")), len(rules(t, plane)); got != want {
		t.Errorf("the template has %d rules, want %d", got, want)
	}
	for id, expected := range rules(t, plane) {
		raw, err := json.Marshal(expected.pattern)
		if err != nil {
			t.Fatal(err)
		}
		var want any
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		rule, bus := ruleOf(t, plane, id), ""
		if name, given := rule.Properties["EventBusName"]; given {
			bus = text(name)
		}
		if diff := cmp.Diff(want, rule.Properties["EventPattern"]); diff != "" || bus != expected.bus {
			t.Errorf("%s, on the bus %q, want %q, has another pattern (-want +got):\n%s", id, bus, expected.bus, diff)
		}
		if state := rule.Properties["State"]; state != "ENABLED" {
			t.Errorf("%s is %v", id, state)
		}
	}
}

func TestWhatARuleCannotDeliverIsKeptAndSomebodyIsTold(t *testing.T) {
	plane := read(t, publicStack)
	queue, kept := plane.only(t, "AWS::SQS::Queue")
	var alarm resource
	for _, one := range plane.ofType("AWS::CloudWatch::Alarm") {
		if one.Properties["Namespace"] == "AWS/SQS" {
			alarm = one
		}
	}
	want := map[string]any{
		"seconds a message is kept": 1209600.0, "queue's encryption": true, "alarm's metric": "ApproximateNumberOfMessagesVisible",
		"alarm's queue": "<" + queue + ".QueueName>", "alarm's threshold": 1.0,
	}
	got := map[string]any{
		"seconds a message is kept": kept.Properties["MessageRetentionPeriod"], "queue's encryption": kept.Properties["SqsManagedSseEnabled"], "alarm's metric": alarm.Properties["MetricName"],
		"alarm's queue": text(at(many(alarm.Properties["Dimensions"])[0], "Value")), "alarm's threshold": alarm.Properties["Threshold"],
	}
	for id, rule := range rules(t, plane) {
		targets := many(ruleOf(t, plane, id).Properties["Targets"])
		if len(targets) != 1 {
			t.Fatalf("%s has %d targets, want its machine alone", id, len(targets))
		}
		machine, _ := machineOf(t, plane, rule.machine)
		want[id+" target"], got[id+" target"] = "<"+machine+">", text(at(targets[0], "Arn"))
		want[id+" queue"], got[id+" queue"] = "<"+queue+".Arn>", text(at(targets[0], "DeadLetterConfig", "Arn"))
		want[id+" seconds an event is tried for"], got[id+" seconds an event is tried for"] = 86400.0, at(targets[0], "RetryPolicy", "MaximumEventAgeInSeconds")
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
