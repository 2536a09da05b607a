package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/local/sfn"
)

const (
	lookEvery  = 500 * time.Millisecond // at the execution's history
	speakEvery = 10 * time.Second       // when nothing has happened since
	startsIn   = time.Minute            // from the upload to an execution
	endsIn     = 20 * time.Minute       // from the upload to the end of a release
)

// follow prints the release of an upload as it passes through its states, and
// returns its record.
func (s *stage) follow(ctx context.Context, u uploaded) (ledger.Record, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, endsIn, fmt.Errorf("the release of %s did not end within %s", u.key, endsIn))
	defer cancel()
	n := narrator{stage: s, upload: u, spoke: time.Now()}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		ended, err := n.look(ctx)
		if err != nil {
			return ledger.Record{}, err
		}
		if ended {
			return s.recordOf(ctx, u)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ledger.Record{}, context.Cause(ctx)
		}
	}
}

// narrator prints what is new in an execution's history.
type narrator struct {
	*stage
	upload uploaded
	told   int // events told so far
	state  string
	notes  int // lines of the release's timeline told so far
	spoke  time.Time
}

// look tells what is new, and whether the execution has ended.
func (n *narrator) look(ctx context.Context) (bool, error) {
	e, started := n.feed.of(n.upload)
	if !started {
		if time.Since(n.upload.at) > startsIn {
			return false, fmt.Errorf("no execution was started for %s within %s", n.upload.key, startsIn)
		}
		return false, nil
	}
	history, err := n.executions.History(e.ARN)
	if err != nil {
		return false, err
	}
	for _, event := range history[min(n.told, len(history)):] {
		n.tell(event)
	}
	n.told = len(history)
	if e.Status != sfn.StatusRunning {
		return true, nil
	}
	if time.Since(n.spoke) >= speakEvery {
		n.wait(ctx)
	}
	return false, nil
}

// tell prints a state that was entered, and what a state noted when it was left.
func (n *narrator) tell(event sfn.Event) {
	switch event.Type {
	case "TaskStateEntered":
		if event.State == n.state {
			return // a long poll that goes on
		}
		n.state = event.State
		n.say(event.Time, event.State)
	case "TaskStateExited":
		if note := n.newest(event); note != "" {
			n.say(event.Time, "  "+note)
		}
	}
}

// newest is the last note of a state, if it made any: the one that says how it ended.
func (n *narrator) newest(event sfn.Event) string {
	all := notes(event.Output)
	if len(all) <= n.notes {
		return ""
	}
	n.notes = len(all)
	return all[len(all)-1]
}

func (n *narrator) say(at time.Time, text string) {
	n.spoke = time.Now()
	n.line("  %6.1f s  %s", at.Sub(n.upload.at).Seconds(), indentRest(text, "            "))
}

// wait says what is being waited for, by what the operator and Flink say now.
func (n *narrator) wait(ctx context.Context) {
	text := "waiting in " + n.state
	if o, err := n.target.Observe(ctx, n.upload.app); err == nil {
		text += ": " + describe(o)
	}
	n.say(time.Now(), "  … "+text)
}

// recordOf finds the record of an upload's release.
func (s *stage) recordOf(ctx context.Context, u uploaded) (ledger.Record, error) {
	ids, err := s.ledger.Records(ctx, u.app, 20)
	if err != nil {
		return ledger.Record{}, err
	}
	trigger := "s3://" + s.where.Artifacts + "/" + u.key
	if u.version != "" {
		trigger += "?versionId=" + u.version
	}
	for _, id := range ids {
		r, err := s.ledger.Record(ctx, u.app, id)
		if err != nil || r.Trigger == trigger {
			return r, err
		}
	}
	e, _ := s.feed.of(u)
	return ledger.Record{}, fmt.Errorf("the execution ended as %s and left no record: %s %s", e.Status, e.Error, strings.TrimSpace(e.Cause))
}
