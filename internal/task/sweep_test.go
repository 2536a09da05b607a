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

// reads counts what is read of a ledger.
type reads struct {
	*ledger.Memory
	of map[string]int
}

func (r reads) Get(ctx context.Context, key string) ([]byte, ledger.Version, error) {
	r.of[key]++
	return r.Memory.Get(ctx, key)
}

func TestADocumentAtRestIsReadAgainOnlyWhenItWasWritten(t *testing.T) {
	objects := reads{ledger.NewMemory(), map[string]int{}}
	tasks := Tasks{Deps{Ledger: ledger.New(objects), Clock: noon{}, atRest: &restMemory{}}}
	rests, works := flink.Application{Namespace: "team", Name: "rests"}, flink.Application{Namespace: "team", Name: "works"}
	write := func(app flink.Application, i *ledger.Incident) {
		_, err := ledger.Update(t.Context(), tasks.Ledger, app, func(d *ledger.Document) error { d.Incident = i; return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	write(rests, nil)
	write(works, &ledger.Incident{ID: "i1", Expires: sweptAt.Add(time.Hour)})
	sweep := func(what string, rested, worked int) {
		t.Helper()
		clear(objects.of)
		r, err := tasks.Sweep(t.Context(), Recovery{Event: json.RawMessage(`{}`)})
		if got := objects.of; err != nil || r.Looked != 2 || got["ledger/team/rests.json"] != rested || got["ledger/team/works.json"] != worked {
			t.Errorf("%s: read %v, and looked at %d: %v", what, got, r.Looked, err)
		}
	}
	sweep("a function that has just started", 1, 1)
	sweep("the next tick", 0, 1)
	write(rests, &ledger.Incident{ID: "i2", Expires: sweptAt.Add(time.Hour)})
	sweep("the tick after it was written", 1, 1)
	sweep("while it is at work", 1, 1)
	write(rests, nil)
	sweep("when it rests again", 1, 1)
	sweep("the tick after that", 0, 1)
}

func TestNothingBecomesDueOfADocumentAtRest(t *testing.T) {
	d := ledger.Document{Current: old, LastGood: old, Applied: brought, Circuit: &ledger.Circuit{Release: "r1"}, Down: stoppedBy("r1"), Suspended: stoppedBy("r1")}
	if !isAtRest(d) {
		t.Fatal("it is not at rest")
	}
	for _, later := range []time.Duration{0, leaseTerm, 1000 * time.Hour} {
		f := remains{now: sweptAt.Add(later), document: d}
		for _, m := range []remedy{decideOutbox(f), decideParked(f), decideIncident(f), decideLease(f)} {
			if m.action != LeaveAlone {
				t.Errorf("after %s: %s", later, m.message)
			}
		}
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
			r, _ := tasks.readRecovery(c.event)
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
