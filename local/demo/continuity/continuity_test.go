package continuity

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// run is what a version writes for the numbers from first to last.
func run(version string, first, last int64) string {
	var b strings.Builder
	for n := first; n <= last; n++ {
		fmt.Fprintf(&b, "%d %d %d %s\n", n, n+1, n+1, version)
	}
	return b.String()
}

func files(of map[string]string) Files {
	m := fstest.MapFS{}
	for name, text := range of {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Files{m}
}

var once = Patience{Within: time.Nanosecond, Every: time.Hour}

func TestWhatTheOutputShows(t *testing.T) {
	tests := map[string]struct {
		files     map[string]string
		faults    []string
		stretches []Stretch
	}{
		"an upgrade without a break is whole": {
			files:     map[string]string{"part-a-0": run("v1", 0, 9), "part-b-0": run("v2", 10, 19)},
			stretches: []Stretch{{"v1", 0, 9}, {"v2", 10, 19}},
		},
		"what a bad version committed shows as a stretch of its own": {
			files:     map[string]string{"part-a-0": run("v2", 0, 9), "part-b-0": run("v4", 10, 12), "part-c-0": run("v2", 13, 14)},
			stretches: []Stretch{{"v2", 0, 9}, {"v4", 10, 12}, {"v2", 13, 14}},
		},
		"a missing number is found": {
			files:     map[string]string{"part-a-0": run("v1", 0, 4), "part-a-1": run("v1", 6, 9)},
			faults:    []string{"missing: 5"},
			stretches: []Stretch{{"v1", 0, 4}, {"v1", 6, 9}},
		},
		"a missing start is found": {
			files:     map[string]string{"part-a-0": run("v1", 3, 4)},
			faults:    []string{"missing: 0 to 2"},
			stretches: []Stretch{{"v1", 3, 4}},
		},
		"a number that a rewind committed again is found": {
			files:     map[string]string{"part-a-0": run("v2", 0, 9), "part-b-0": run("v4", 10, 11), "part-c-0": run("v2", 10, 12)},
			faults:    []string{"committed more than once: 10 (again by v4)", "committed more than once: 11 (again by v4)"},
			stretches: []Stretch{{"v2", 0, 12}},
		},
		"lost state is found in the counts": {
			files:     map[string]string{"part-a-0": run("v1", 0, 1), "part-b-0": "2 1 3 v2\n"},
			faults:    []string{"counted wrong: 2 (v2 says keyed 1, operator 3; right is 3)"},
			stretches: []Stretch{{"v1", 0, 1}, {"v2", 2, 2}},
		},
		"what is not committed is not read": {
			files:     map[string]string{"part-a-0": run("v1", 0, 1), ".part-a-1.inprogress.x": run("v1", 5, 6), "_part-a-2_tmp_y": "half a li"},
			stretches: []Stretch{{"v1", 0, 1}},
		},
		"nothing at all is not whole": {faults: []string{"nothing was committed at all"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Read(t.Context(), files(test.files), once)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.faults, got.Faults()); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.stretches, got.Stretches); diff != "" {
				t.Error(diff)
			}
			if got.Whole() != (len(test.faults) == 0) {
				t.Errorf("Whole is %v with faults %v", got.Whole(), test.faults)
			}
		})
	}
}

func TestManyFaultsAreToldBriefly(t *testing.T) {
	faults := Examine([]Line{{N: 1}, {N: 3}, {N: 5}, {N: 7}, {N: 9}, {N: 11}, {N: 13}}).Faults()
	if want := "missing: and 2 more"; faults[shown] != want {
		t.Errorf("got %q, want %q at %d", faults, want, shown)
	}
}

func TestALineOfAnotherFormIsAnErrorWithItsPlace(t *testing.T) {
	for _, bad := range []string{"1 2 3", "x 1 1 v1", "0 1 1 ", "-1 0 0 v1", ""} {
		_, err := Read(t.Context(), files(map[string]string{"part-0": "0 1 1 v1\n" + bad + "\n"}), once)
		if err == nil || !strings.Contains(err.Error(), "part-0: line 2") {
			t.Errorf("%q: got %v", bad, err)
		}
	}
}

// late shows its second file from the second listing on.
type late struct {
	Files
	listed int
	opened map[string]int
}

func (l *late) List(ctx context.Context) ([]string, error) {
	l.listed++
	names, err := l.Files.List(ctx)
	if l.listed == 1 {
		return names[1:], err
	}
	return names, err
}

func (l *late) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	l.opened[name]++
	return l.Files.Open(ctx, name)
}

func TestAGapThatClosesIsNoGapAndNothingIsReadTwice(t *testing.T) {
	s := &late{Files: files(map[string]string{"part-a-0": run("v1", 0, 4), "part-b-0": run("v1", 5, 9)}), opened: map[string]int{}}
	got, err := Read(t.Context(), s, Patience{Within: time.Minute, Every: time.Nanosecond})
	if err != nil || !got.Whole() || got.Highest != 9 {
		t.Errorf("got %+v, %v", got, err)
	}
	if diff := cmp.Diff(map[string]int{"part-a-0": 1, "part-b-0": 1}, s.opened); diff != "" {
		t.Error(diff)
	}
}

func TestACancelledReadSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Read(ctx, files(nil), Patience{Within: time.Minute, Every: time.Hour})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestTheOutputOfAForkBeginsWhereItsStateDoes(t *testing.T) {
	tests := map[string]struct {
		text   string
		faults []string
	}{
		"whole from its first number on": {run("v1", 1048, 1060), nil},
		"a number is missing":            {run("v1", 5, 6) + run("v1", 8, 9), []string{"missing: 7"}},
		"it forgot what was counted":     {"5 1 1 v1\n", []string{"counted wrong: 5 (v1 says keyed 1, operator 1; right is 6)"}},
		"nothing":                        {"", []string{"nothing was committed at all"}},
	}
	for name, test := range tests {
		r, err := ReadFork(t.Context(), files(map[string]string{"part-0": test.text}), once)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.faults, r.Faults()); diff != "" || r.Whole() != (len(test.faults) == 0) {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
