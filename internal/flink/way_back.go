package flink

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// FoundState is a savepoint or a retained checkpoint that a job could be started from.
type FoundState struct {
	Path   string    `json:"path"`
	At     time.Time `json:"at"`               // when it was complete
	JobID  string    `json:"jobId,omitempty"`  // of a checkpoint: the job that wrote it
	Number int64     `json:"number,omitempty"` // of a checkpoint: Flink numbers them upwards, over restores, too; 0: a savepoint
	Fault  string    `json:"fault,omitempty"`  // what is wrong with its files; empty when nothing was found
}

// WayBack is the state from which a job goes on whose high-availability record
// is lost, and in words why that one and what it costs.
type WayBack struct {
	From    FoundState   `json:"from"`
	Message string       `json:"message"`
	Passed  []FoundState `json:"passed,omitempty"` // newer ones that were passed over
}

// DecideWayBack chooses the newest whole state. Without its record a JobManager
// that restarts begins anew, from what the deployment named or from nothing,
// under the same job's id: its checkpoints are newer and hold less. They are
// known by a lower number than an older checkpoint of the same deployment has,
// and are passed over together with everything that is newer. since is when
// what runs was deployed: what was done on purpose before is no such restart.
func DecideWayBack(found []FoundState, since time.Time) (WayBack, error) {
	states := slices.Clone(found)
	slices.SortStableFunc(states, func(a, b FoundState) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.Number, a.Number), cmp.Compare(a.Path, b.Path))
	})
	anew := beganAnew(states, since)
	var w WayBack
	for _, s := range states {
		switch {
		case !anew.IsZero() && !s.At.Before(anew), s.Fault != "":
			w.Passed = append(w.Passed, s)
			continue
		}
		w.From, w.Message = s, told(s, anew)
		return w, nil
	}
	return w, Errorf(NotFound, "find the way back", "no whole savepoint or checkpoint is known: what there is has faults, or nothing was kept")
}

// beganAnew is when the first checkpoint was complete that has a lower number
// than an older one of the same job; zero when there is none.
func beganAnew(newestFirst []FoundState, since time.Time) time.Time {
	highest, anew := map[string]int64{}, time.Time{}
	for _, s := range slices.Backward(newestFirst) {
		if s.Number == 0 || s.At.Before(since) {
			continue
		}
		if s.Number < highest[s.JobID] {
			return s.At
		}
		highest[s.JobID] = s.Number
	}
	return anew
}

func told(s FoundState, anew time.Time) string {
	what := "savepoint"
	if s.Number != 0 {
		what = fmt.Sprintf("checkpoint %d", s.Number)
	}
	text := fmt.Sprintf("the newest whole state is the %s of %s; what the job read after it is processed again, and what it wrote since without a transaction is written twice", what, s.At.UTC().Format(time.RFC3339))
	if !anew.IsZero() {
		text += "; from " + anew.UTC().Format(time.RFC3339) + " or shortly before the job ran again without its state, as the numbers of its checkpoints show: what it did then is passed over, and its results stay where they are"
	}
	return text
}
