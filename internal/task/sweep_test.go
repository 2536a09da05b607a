package task

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/testevents"
)

// noon is a clock that stands.
type noon struct{}

func (noon) Now() time.Time                             { return sweptAt }
func (noon) Sleep(context.Context, time.Duration) error { return nil }

func TestASweepGoesOnWhereItsLastCallStoppedAndOneApplicationHoldsUpNoOther(t *testing.T) {
	objects := ledger.NewMemory()
	tasks := Tasks{Deps{Ledger: ledger.New(objects), Clock: noon{}}}
	for n := range sweepAtMost + 5 {
		app := flink.Application{Namespace: "team", Name: fmt.Sprintf("app-%04d", n)}
		if err := tasks.Ledger.Write(t.Context(), ledger.Document{Schema: ledger.Schema, Application: app}, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := objects.Put(t.Context(), "ledger/team/app-0003.json", []byte(`{"schema":`)); err != nil {
		t.Fatal(err)
	}
	r, err := tasks.Sweep(t.Context(), Recovery{Event: json.RawMessage(`{}`)})
	if err != nil || r.Decision != ToSweep || r.Looked != sweepAtMost || r.After != "team/app-0999" || r.Event != nil {
		t.Fatalf("got %+v, %v", r, err)
	}
	r, err = tasks.Sweep(t.Context(), r)
	if err != nil || r.Decision != ToSucceeded || r.Looked != sweepAtMost+5 || len(r.Done) != 0 {
		t.Errorf("got %+v, %v", r, err)
	}
	if len(r.Failed) != 1 || r.Failed[0].Application.Name != "app-0003" {
		t.Errorf("not looked at: %+v", r.Failed)
	}
}

func TestWhatAnEventIsAbout(t *testing.T) {
	tasks := Tasks{Deps{Config: Config{ArtifactBucket: "sluice-artifacts"}}}
	file := func(name string) json.RawMessage {
		body, err := testevents.FS.ReadFile(name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	died := func(input string) json.RawMessage {
		detail, _ := json.Marshal(events.ExecutionChangedDetail{ExecutionArn: "e", StateMachineArn: "m", Status: "FAILED", Input: input})
		e, _ := json.Marshal(events.Event{Source: events.ExecutionChangedSource, DetailType: events.ExecutionChangedType, Detail: detail})
		return e
	}
	for name, c := range map[string]struct {
		event json.RawMessage
		about string // an application; empty: all of them
		none  bool   // it is left to the tick
	}{
		"a release that died":                 {event: file("execution-status-change.aborted"), about: "team-a/fraud"},
		"a change that died":                  {event: died(string(file("change-requested.rollback"))), about: "team-a/fraud"},
		"an execution of no application":      {event: died(`{"source":"aws.cloudwatch","detail-type":"CloudWatch Alarm State Change","detail":{}}`), none: true},
		"an execution whose input is unknown": {event: died(""), none: true},
		"a tick":                              {event: json.RawMessage(`{"schedule":"s","time":"t"}`)},
		"nothing that could be read":          {event: json.RawMessage(`[]`)},
	} {
		t.Run(name, func(t *testing.T) {
			r := tasks.readRecovery(c.event)
			about := ""
			if r.Only != nil {
				about = r.Only.String()
			}
			if about != c.about || (r.Decision == ToSucceeded) != c.none {
				t.Errorf("got %+v", r)
			}
		})
	}
}
