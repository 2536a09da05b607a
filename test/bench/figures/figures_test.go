package figures

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// upgrade is one whose downtime is as long as it says.
func upgrade(way Way, pair int, down time.Duration) Change {
	return Change{Way: way, Kind: Upgrade, Settings: "defaults", Pair: pair, Asked: noon, Stopped: noon.Add(time.Second),
		Started: noon.Add(time.Second + down/2), Running: noon.Add(time.Second + down)}
}

func TestARatioIsThatOfTheTwoOfAPair(t *testing.T) {
	changes := []Change{
		upgrade(Sluice, 1, 20*time.Second), upgrade(Kubectl, 1, 10*time.Second), // 2
		upgrade(Kubectl, 2, 100*time.Second), upgrade(Sluice, 2, 50*time.Second), // a half
		upgrade(Sluice, 3, 30*time.Second), upgrade(Kubectl, 3, 30*time.Second), // 1
		upgrade(Sluice, 4, time.Hour), // nothing to compare it with
	}
	s := ratio(changes, Upgrade, "", Change.Downtime)
	if s.N != 3 || s.Median != 1 || s.Low != 0.5 || s.High != 2 || s.Bounded {
		t.Errorf("%+v", s)
	}
	if s := ratio(changes, Upgrade, "shipped", Change.Downtime); s.N != 0 {
		t.Errorf("none of them was measured with these settings: %+v", s)
	}
}

func TestAGoalIsMetByTheMedianAndNotByTheInterval(t *testing.T) {
	for ratio, met := range map[float64]bool{1.04: true, 1.05: true, 1.06: false} {
		var r Results
		for pair := range 9 {
			r.Downtime.Changes = append(r.Downtime.Changes, upgrade(Kubectl, pair, 10*time.Second), upgrade(Sluice, pair, time.Duration(ratio*float64(10*time.Second))))
		}
		r.Downtime.Changes = append(r.Downtime.Changes, upgrade(Kubectl, 9, time.Second), upgrade(Sluice, 9, time.Hour))
		goals := r.Goals()
		if len(goals) != 1 || goals[0].Met != met || !strings.Contains(goals[0].Measured, "10 pairs") {
			t.Errorf("%v: %+v", ratio, goals)
		}
	}
}

func TestWhatWasNotMeasuredHasNoGoalAndNoTable(t *testing.T) {
	var r Results
	if goals := r.Goals(); len(goals) != 0 {
		t.Errorf("%+v", goals)
	}
	if text := r.Markdown(); text != "" {
		t.Errorf("%q", text)
	}
}

func TestACostIsTheSumOfWhatIsBilled(t *testing.T) {
	r := Release{Transitions: 20, Events: 1, Requests: Requests{Reads: 1000, Writes: 1000},
		Invocations: []Invocation{{Memory: 1024, Waited: 9 * time.Second}, {Memory: 256, Waited: 39 * time.Second}}}
	// 20 transitions, 10 s of 1 GB and 40 s of a quarter, 1,000 reads and writes each, an event.
	want := 20*0.000025 + 20*0.0000133334 + 2*0.0000002 + 0.0004 + 0.005 + 0.000001
	if got := r.Cost().Total(); math.Abs(got-want) > 1e-12 {
		t.Errorf("$%.9f, want $%.9f", got, want)
	}
}

func TestMeasurementsSurviveTheirFiles(t *testing.T) {
	dir := t.TempDir()
	want := Results{
		Downtime:  Session{Commit: "abc", Began: noon, CPUs: 2, Changes: []Change{upgrade(Sluice, 1, 10*time.Second)}},
		Release:   Release{Transitions: 20, Speed: []time.Duration{time.Millisecond}},
		Functions: Functions{List: []Function{{Name: "admit", Zip: 5, Init: []time.Duration{time.Second}}}},
		Rotations: Rotations{List: []Rotation{{Applications: 5, Requests: Requests{Reads: 7}}}},
	}
	for _, name := range []string{"downtime", "release", "functions", "rotations"} {
		if err := want.Save(dir, name); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := want.Save(dir, "nonsense"); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("got %v", err)
	}
}

func TestADamagedFileIsNamed(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "rollback.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "rollback.json") {
		t.Errorf("got %v", err)
	}
}

func TestOnlyTheBlockOfADocumentIsReplaced(t *testing.T) {
	file := filepath.Join(t.TempDir(), "doc.md")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("before\n" + blockBegins + "old\n" + blockEnds + "after\n")
	for range 2 { // the second time changes nothing
		if err := WriteInto(file, "new"); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(file)
		if want := "before\n" + blockBegins + "\nnew\n" + blockEnds + "after\n"; err != nil || string(got) != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
	write("no block\n")
	if err := WriteInto(file, "new"); err == nil || !strings.Contains(err.Error(), "has no block") {
		t.Errorf("got %v", err)
	}
}

func TestALoopThatNobodyEndsSaysSo(t *testing.T) {
	r := Results{Rollback: Session{Changes: []Change{{Way: Kubectl, Kind: RestartLoop, Asked: noon, Settled: noon.Add(90 * time.Second), Ended: "STABLE"}}}}
	if text := r.rollbackTable(); !strings.Contains(text, "never: after 90 s the failing version is still what runs | STABLE") {
		t.Error(text)
	}
}
