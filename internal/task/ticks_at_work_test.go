package task

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// running are the executions that run; nobody can say when it is nil.
type running map[string]bool

// Describe implements Executions.
func (r running) Describe(_ context.Context, arn string) (Execution, error) {
	if r == nil {
		return Execution{}, flink.Errorf(flink.Unavailable, "look at execution "+arn, "throttled")
	}
	return Execution{Runs: r[arn]}, nil
}

// empty is an artifact bucket: of an application without a manifest it cannot be
// told whether it is due, so it is.
type empty struct{ Artifacts }

// Read implements Artifacts.
func (empty) Read(_ context.Context, _, key, _ string, _ int64) ([]byte, error) {
	return nil, flink.Errorf(flink.NotFound, "read "+key, "there is no such object")
}

// due are three applications that each tick would list, and what it lists.
type due struct {
	*testing.T
	tasks Tasks
	tick  time.Time
}

func threeThatAreDue(t *testing.T) *due {
	objects := ledger.NewMemory()
	d := &due{T: t, tick: sweptAt, tasks: Tasks{Deps{Ledger: ledger.New(objects), Objects: objects, Artifacts: empty{}, Clock: noon{}}}}
	for n := range 3 {
		document := ledger.Document{Schema: ledger.Schema, Application: flink.Application{Namespace: "team", Name: fmt.Sprintf("app-%d", n)}, Current: "r"}
		if err := d.tasks.Ledger.Write(t.Context(), document, ""); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// list lets the schedule fire, and names what is listed.
func (d *due) list(execution string, runs running) []string {
	d.Helper()
	d.tick = d.tick.Add(15 * time.Minute)
	return d.listFor(execution, runs, fmt.Sprintf(`{"schedule": "s", "time": %q}`, d.tick.Format(time.RFC3339)))
}

func (d *due) listFor(execution string, runs running, event string) []string {
	d.Helper()
	d.tasks.Executions = runs
	list, err := d.tasks.ListDue(d.Context(), ListDueInput{Event: json.RawMessage(event), Execution: execution})
	if err != nil {
		d.Fatal(err)
	}
	items, err := d.tasks.listed(d.Context(), list.Key)
	if err != nil || len(items) != list.Count {
		d.Fatal(err, list)
	}
	var names []string
	for _, item := range items {
		names = append(names, item.Application.Name)
	}
	return names
}

// turn says that an application had its turn on the newest tick's list, long ago.
func (d *due) turn(name string) {
	_, err := ledger.Update(d.Context(), d.tasks.Ledger, flink.Application{Namespace: "team", Name: name}, func(doc *ledger.Document) error {
		doc.Rotated = &ledger.Rotated{ID: rotationID(doc.Application, d.tick), At: sweptAt.Add(-2 * brokenAgain)}
		return nil
	})
	if err != nil {
		d.Fatal(err)
	}
}

func TestWhatAnEarlierTickHasStillToComeToIsNotListedAgain(t *testing.T) {
	d := threeThatAreDue(t)
	want := func(got []string, names ...string) {
		t.Helper()
		if !slices.Equal(got, names) {
			t.Errorf("listed %v, want %v", got, names)
		}
	}
	want(d.list("one", running{}), "app-0", "app-1", "app-2")
	d.turn("app-0")
	want(d.list("two", running{"one": true}), "app-0")
	want(d.list("three", running{"one": true, "two": true}))
	want(d.listFor("by hand", running{"one": true, "two": true}, `{"applications": ["team/app-1"]}`), "app-1")
	want(d.list("four", running{"two": true}), "app-1", "app-2") // the first has ended, however
	want(d.list("five", nil), "app-0", "app-1", "app-2")         // nobody can say who runs
}

func TestATickIsNotedOnceHoweverOftenItIsListed(t *testing.T) {
	d := threeThatAreDue(t)
	event := `{"schedule": "s", "time": "2026-01-01T00:00:00Z"}`
	for _, execution := range []string{"one", "one", "another"} {
		d.listFor(execution, running{"one": true}, event)
	}
	ticks, _, err := d.tasks.atWork(t.Context())
	if err != nil || len(ticks) != 1 || ticks[0].Execution != "one" {
		t.Errorf("%+v, %v", ticks, err)
	}
}

func TestADamagedNoteOfTicksHoldsNothingUp(t *testing.T) {
	d := threeThatAreDue(t)
	if err := d.tasks.Objects.Put(t.Context(), ledger.TicksKey, []byte("{")); err != nil {
		t.Fatal(err)
	}
	if got := d.list("one", running{"one": true}); len(got) != 3 {
		t.Errorf("listed %v", got)
	}
	if ticks, _, err := d.tasks.atWork(t.Context()); err != nil || len(ticks) != 1 {
		t.Errorf("%+v, %v", ticks, err)
	}
}
