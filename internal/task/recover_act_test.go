package task

import (
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// left is a ledger that holds what a dead release has left, and tasks over it.
func left(t *testing.T, f remains) Tasks {
	t.Helper()
	tasks := Tasks{Deps{Ledger: ledger.New(ledger.NewMemory()), Clock: noon{}, Sender: &post{}}}
	d := f.document
	d.Schema = ledger.Schema
	if err := tasks.Ledger.Write(t.Context(), d, ""); err != nil {
		t.Fatal(err)
	}
	return tasks
}

var counter = flink.Application{Namespace: "team-a", Name: "counter"}

func TestWhatAnotherRecoveryHasEndedMeanwhileIsNotRecordedAnew(t *testing.T) {
	f := dead(func(f *remains) { f.document.Application = counter })
	tasks := left(t, f)
	if _, err := ledger.Update(t.Context(), tasks.Ledger, counter, func(d *ledger.Document) error {
		d.HandTo(ledger.Change{ID: "r3"}, sweptAt, leaseTerm)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	f.seen.Spec.Release = "r3" // that one's undoing has written since
	m := decideLease(f)
	if m.action != GiveBack || tasks.remedy(t.Context(), f, m) != nil {
		t.Fatalf("it is %+v", m)
	}
	if r, err := tasks.Ledger.Record(t.Context(), counter, "r2"); flink.CodeOf(err) != flink.NotFound {
		t.Errorf("it is recorded as %s %s: %s (%v)", r.Outcome, r.Reason, r.Message, err)
	}
}

func TestWhoCalledADeadReleaseOffHearsThatItCameTooLate(t *testing.T) {
	suspended := func(f *remains) {
		f.document.Application = counter
		f.wrote(stopStep, old, flink.Suspended)
		f.seen.Status.Lifecycle, f.document.Down, f.document.Suspended = "SUSPENDED", stoppedBy("r2"), stoppedBy("r2")
		f.document.Lease.Cancel = &ledger.CancelRequest{By: "ann"}
	}
	own := ledger.Record{Schema: ledger.Schema, ID: "r2", Application: counter, Outcome: flink.Succeeded, Reason: flink.Stopped, Message: "the job is suspended", Ended: sweptAt.Add(-time.Hour)}
	for name, recorded := range map[string]*ledger.Record{"it has no record": nil, "it had recorded its end before": &own} {
		t.Run(name, func(t *testing.T) {
			f := dead(suspended)
			tasks := left(t, f)
			if f.recorded = recorded; recorded != nil {
				if err := tasks.Ledger.WriteRecord(t.Context(), *recorded); err != nil {
					t.Fatal(err)
				}
			}
			if err := tasks.remedy(t.Context(), f, decideLease(f)); err != nil {
				t.Fatal(err)
			}
			r, err := tasks.Ledger.Record(t.Context(), counter, "r2")
			if err != nil || r.Outcome != flink.Succeeded || strings.Count(r.Message, "ann called it off, which came too late") != 1 || recorded != nil && !r.Ended.Equal(recorded.Ended) {
				t.Errorf("it is %+v, %v", r, err)
			}
		})
	}
}

func TestWhoCallsADeadReleaseOffWhileItIsEndedIsHeardAtTheNextLook(t *testing.T) {
	f := dead(func(f *remains) { f.document.Application = counter })
	now := f.document
	lease := *now.Lease
	lease.Cancel = &ledger.CancelRequest{By: "ann"}
	now.Lease = &lease
	if f.stillSo(&now) {
		t.Error("what was decided before stands")
	}
}
