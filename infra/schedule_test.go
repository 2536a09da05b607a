package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// scheduleOf finds the schedule that starts a machine.
func scheduleOf(t *testing.T, plane template, name functions.Machine) resource {
	t.Helper()
	machine, _ := machineOf(t, plane, name)
	for _, s := range plane.ofType("AWS::Scheduler::Schedule") {
		if text(at(s.Properties, "Target", "Arn")) == "<"+machine+">" {
			return s
		}
	}
	t.Fatalf("no schedule starts %s", name)
	return resource{}
}

func TestWhatAScheduleStartsIsToldWhichTickItIs(t *testing.T) {
	s := scheduleOf(t, read(t, publicStack), functions.Rotate)
	tick, at0, err := events.ReadTick([]byte(`{"schedule":"arn","time":"2026-01-02T03:04:05Z"}`))
	if err != nil || tick.Schedule != "arn" || at0.Minute() != 4 {
		t.Fatalf("%+v, %v, %v", tick, at0, err)
	}
	want := `{"schedule":"` + events.TickSchedule + `","time":"` + events.TickTime + `"}`
	if got := text(at(s.Properties, "Target", "Input")); got != want {
		t.Errorf("the input is %s, want %s", got, want)
	}
	if mode := text(at(s.Properties, "FlexibleTimeWindow", "Mode")); mode != "OFF" {
		t.Errorf("the window is %s", mode)
	}
}

func TestAScheduleMayStartItsMachineAndKeepWhatItCouldNot(t *testing.T) {
	plane := read(t, publicStack)
	machine, _ := machineOf(t, plane, functions.Rotate)
	queue, _ := plane.only(t, "AWS::SQS::Queue")
	s := scheduleOf(t, plane, functions.Rotate)
	got := map[string][]string{}
	for _, statement := range statementsOf(plane)[roleOf(at(s.Properties, "Target", "RoleArn"))] {
		got[statement.sid] = append(statement.actions, statement.resources...)
	}
	want := map[string][]string{
		"StartTick":       {"states:StartExecution", "<" + machine + ">"},
		"KeepUndelivered": {"sqs:SendMessage", "<" + queue + ".Arn>"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if dead := text(at(s.Properties, "Target", "DeadLetterConfig", "Arn")); dead != "<"+queue+".Arn>" {
		t.Errorf("what cannot be delivered goes to %s", dead)
	}
}

func TestOnlyTheMachineWithListsReadsThemAndStartsItself(t *testing.T) {
	plane := read(t, publicStack)
	_, machine := machineOf(t, plane, functions.Rotate)
	name := "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:"
	want := map[string][]string{
		"StartItems":  {"states:StartExecution", name + "stateMachine:<AWS::StackName>-rotate"},
		"FollowItems": {"states:DescribeExecution", "states:StopExecution", name + "execution:<AWS::StackName>-rotate:*"},
		"ReadItems":   {"s3:GetObject", "<" + ledgerID(t, plane) + ".Arn>/" + ledger.ListPrefix + "*"},
	}
	got := map[string][]string{}
	for role, statements := range statementsOf(plane) {
		for _, s := range statements {
			if _, ok := want[s.sid]; !ok {
				continue
			}
			got[s.sid] = append(s.actions, s.resources...)
			if role != roleOf(machine.Properties["RoleArn"]) {
				t.Errorf("%s has %s", role, s.sid)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
