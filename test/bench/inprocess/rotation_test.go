package inprocess

import (
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

const mostRatio = 1.1

func TestARotationTakesNoLongerThanItsConcurrencyAllowsAndCostsEachTheSame(t *testing.T) {
	small, err := MeasureRotation(t.Context(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	large, err := MeasureRotation(t.Context(), "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	if small.Proven != 100 || large.Proven != 1000 || small.Skipped+large.Skipped > 0 {
		t.Errorf("%+v\n%+v", small, large)
	}
	if large.Ratio() > mostRatio || large.Ratio() < 1 {
		t.Errorf("the makespan is %s, and the bound %s", large.Took, large.Bound)
	}
	few, cheap := small.PerApplication()
	more, dear := large.PerApplication()
	if more > few || dear > 1.01*cheap || more < 6 {
		t.Errorf("%.1f transitions and $%.6f an application of 100, %.1f and $%.6f of 1000", few, cheap, more, dear)
	}
	if large.LargestDocument > small.LargestDocument+10 { // a digit more in a name
		t.Errorf("documents of %d and %d bytes", small.LargestDocument, large.LargestDocument)
	}
}

// TestAThousandApplicationsOfWhichAThirdFail: three in ten fail, each in its own
// way, and none keeps another from its turn, or leaves a lease.
func TestAThousandApplicationsOfWhichAThirdFail(t *testing.T) {
	w, err := newFleetWorld(t.Context(), "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	ways := map[flink.Application]string{}
	for n := range 1000 {
		if way := []string{failsUnwell, failsSavepoint, failsFunction}; n%10 < 3 {
			ways[member(n)] = way[n%10]
		}
	}
	w.fleet.fails = func(a flink.Application) string { return ways[a] }
	r, err := w.rotate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.Proven != 700 || r.Skipped != 300 {
		t.Errorf("%d are proven and %d skipped", r.Proven, r.Skipped)
	}
	if r.Ratio() > mostRatio || r.Ratio() < 1 {
		t.Errorf("the makespan is %s, and the bound %s", r.Took, r.Bound)
	}
	for app := range ways {
		d, _, err := w.ledger.Document(t.Context(), app)
		if err != nil {
			t.Fatal(err)
		}
		if record, err := ledger.Rotation(t.Context(), w.objects, app, d.Rotated.ID); err != nil || record.Skipped == "" && record.Failed == "" {
			t.Fatalf("%s (%s): %+v, %v", app, ways[app], record, err)
		}
	}
}
