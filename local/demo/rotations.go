package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/local/demo/damage"
	"github.com/sluice-flink/sluice/local/sfn"
)

// rotatedWithin is how long one rotation may take: with a rehearsed restore some ten seconds.
const rotatedWithin = 5 * time.Minute

// rotateUntil has one savepoint after the other taken until there are n.
func (s *stage) rotateUntil(ctx context.Context, seen *rotations, n int) error {
	for len(seen.all) < n {
		if had := len(seen.all); had > 0 {
			time.Sleep(time.Until(seen.all[had-1].Started.Truncate(time.Second).Add(time.Second))) // two of one second would be the same rotation
		}
		r, err := s.rotateOnce(ctx)
		if err != nil {
			return err
		}
		if r.Snapshot == nil {
			return fmt.Errorf("rotation %s took no savepoint: %s%s%s", r.ID, r.Skipped, r.GaveWay, r.Failed)
		}
		seen.all = append(seen.all, r)
		for i, note := range rotationNotes(r) {
			number := ""
			if i == 0 {
				number = fmt.Sprint(len(seen.all))
			}
			s.line("  %2s  %s", number, indentRest(note, "      "))
		}
	}
	return nil
}

// rotateOnce starts the rotate machine for the counter and returns the record.
func (s *stage) rotateOnce(ctx context.Context) (r ledger.RotationRecord, err error) {
	input, err := json.Marshal(map[string][]string{"applications": {counter.String()}})
	if err != nil {
		return r, err
	}
	e, err := s.executions.Start(s.rotates, "", input)
	if err != nil {
		return r, err
	}
	if err := s.until(ctx, rotatedWithin, "the rotation did not end", func() (bool, error) {
		e, err = s.executions.Describe(e.ARN)
		return e.Status != sfn.StatusRunning, err
	}); err != nil {
		return r, err
	}
	d, _, err := s.ledger.Document(ctx, counter)
	if err != nil {
		return r, err
	}
	if d.Rotated == nil || d.Rotated.At.Before(e.Started) {
		return r, fmt.Errorf("the execution ended as %s and no rotation was recorded: %s %s", e.Status, e.Error, e.Cause)
	}
	return ledger.Rotation(ctx, s.records, counter, d.Rotated.ID)
}

// rotationNotes are what the states of a rotation noted, but for why it was begun.
func rotationNotes(r ledger.RotationRecord) []string {
	var lines []string
	for _, m := range r.Timeline {
		if m.Note != r.Due {
			lines = append(lines, fmt.Sprintf("%-15s  %s", m.State, m.Note))
		}
	}
	return lines
}

// harm is what the scene did to a file.
type harm struct {
	snapshot flink.Snapshot
	file     string // its path
}

// damageNext flips one byte in a file of the savepoint that is read again next:
// the one that was not looked at for longest.
func (s *stage) damageNext(ctx context.Context) (h harm, err error) {
	d, _, err := s.ledger.Document(ctx, counter)
	if err != nil {
		return h, err
	}
	h.snapshot = longestUnseen(d.Snapshots)
	if h.file, err = damage.Flip(ctx, s.objects, h.snapshot.Path); err != nil {
		return h, err
	}
	s.line("  flipped a byte of %s", h.file)
	return h, nil
}

// longestUnseen is the savepoint whose proof is the oldest, but for the newest one.
func longestUnseen(all []flink.Snapshot) flink.Snapshot {
	var next, newest flink.Snapshot
	for _, s := range all {
		if s.Taken.After(newest.Taken) {
			newest = s
		}
	}
	for _, s := range all {
		if s.Verified != nil && s.Path != newest.Path && (next.Path == "" || s.Verified.At.Before(next.Verified.At)) {
			next = s
		}
	}
	return next
}

// filesOf counts the objects that are left of each savepoint, by path.
func (s *stage) filesOf(ctx context.Context, all []ledger.RotationRecord) (map[string]int, error) {
	left := map[string]int{}
	for _, r := range all {
		n, err := damage.Files(ctx, s.objects, r.Snapshot.Path)
		if err != nil {
			return nil, err
		}
		left[r.Snapshot.Path] = n
	}
	return left, nil
}
