package statemachines_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/statemachines"
)

// rotates runs a line that is about savepoints on schedule:
//
//	tick [DURATION]       the schedule fires now, so late
//	tick-again            the newest tick is delivered once more
//	rotate                somebody starts the machine for this application
//	rounds N              N times: six hours pass, and the schedule fires
//	snapshots             what the ledger knows of them, oldest first
//	damage N / lose N     a byte of the Nth snapshot's files is flipped, a file is lost
//	stray                 a savepoint lies in the directory that nobody knows of
//	refuse-store WHY      the bucket of the states may not be read; allow-store
//	while-saving COMMAND  the command happens while Flink writes the next savepoint
//	dies-removing N       the function dies once it has begun to remove the Nth snapshot
//	lock N                the files of the Nth snapshot may not be removed
//	dies-rehearsing METHOD [for-good]  the function dies after the next such call, and with for-good its execution ends
//	redeploy N            somebody asks to start from the Nth; redeploy-id N names it by its id
//	lose-answer STATE     that state's function does its work, and nobody hears of it, once
//	hang-rehearsals       a throw-away JobManager shows nothing
//	rehearsals            which of them are there
//	incident              an alarm is being dealt with; no-incident
func (s *stage) rotates(words []string) bool {
	switch words[0] {
	case "tick":
		late := time.Duration(0)
		if len(words) > 1 {
			d, err := time.ParseDuration(words[1])
			must(s.t, err)
			late = d
		}
		s.tickAt = s.clock.Now().Add(-late).UTC().Truncate(time.Second)
		s.rotate(fmt.Sprintf(`{"schedule": "arn:schedule", "time": %q}`, s.tickAt.Format(time.RFC3339)))
	case "tick-again":
		s.rotate(fmt.Sprintf(`{"schedule": "arn:schedule", "time": %q}`, s.tickAt.Format(time.RFC3339)))
	case "rotate":
		s.rotate(fmt.Sprintf(`{"applications": [%q]}`, app))
	case "rounds":
		n := 0
		must(s.t, json.Unmarshal([]byte(words[1]), &n))
		for range n {
			must(s.t, s.clock.Sleep(s.t.Context(), 6*time.Hour))
			s.rotates([]string{"tick"})
		}
	case "snapshots":
		s.tellSnapshots()
	case "damage", "lose":
		must(s.t, s.saved.damage(s.nth(words[1]).Path, words[0] == "lose"))
	case "stray":
		_, err := s.saved.put("s3://data/team-a/counter/savepoints/lost/savepoint-aaaaaa-bbbbbbbbbbbb")
		must(s.t, err)
	case "refuse-store":
		s.saved.refused = strings.Join(words[1:], " ")
	case "allow-store":
		s.saved.refused = ""
	case "while-saving":
		s.saved.saving = func() { s.play(words[1:]) }
	case "dies-rehearsing":
		s.diesAfter(words[1], len(words) > 2)
	case "lock":
		path := s.nth(words[1]).Path
		s.saved.locked = path[strings.LastIndexByte(path, '/'):]
	case "dies-removing":
		path := s.nth(words[1]).Path
		s.saved.dies = path[strings.LastIndexByte(path, '/'):]
	case "redeploy":
		s.deliver(s.ask("Redeploy", []string{"snapshot=" + s.nth(words[1]).Path}))
	case "redeploy-id":
		s.deliver(s.ask("Redeploy", []string{"snapshot=" + s.nth(words[1]).ID}))
	case "lose-answer":
		s.unheard = words[1]
	case "hang-rehearsals":
		s.saved.hangs = true
	case "rehearsals":
		s.saved.alive()
		s.tellRehearsals()
	case "incident", "no-incident":
		_, err := ledger.Update(s.t.Context(), s.ledger, app, func(d *ledger.Document) error {
			d.Incident = nil
			if words[0] == "incident" {
				d.Incident = &ledger.Incident{ID: "i-1"}
			}
			return nil
		})
		must(s.t, err)
	default:
		return false
	}
	return true
}

// diesAfter has the function die that next makes this call, once that has taken
// effect: nothing that it does after that has any.
func (s *stage) diesAfter(method string, forGood bool) {
	died := &asl.Error{Name: "Lambda.AWSLambdaException", Cause: "the function died"}
	s.target.Interrupt(func(c targettest.Call) error {
		if c.Method == method && c.Moment == targettest.After && !s.saved.dead {
			s.saved.dead = true
			fmt.Fprintf(&s.seen, "  the function dies after %s\n", method)
			if forGood {
				s.abort()
			}
		}
		if s.saved.dead {
			return died
		}
		return nil
	})
}

// nth is the Nth snapshot that the ledger knows, from 1.
func (s *stage) nth(text string) flink.Snapshot {
	n := 0
	must(s.t, json.Unmarshal([]byte(text), &n))
	d, _, err := s.ledger.Document(s.t.Context(), app)
	must(s.t, err)
	return d.Snapshots[n-1]
}

// rotate runs the rotate machine and tells what was recorded.
func (s *stage) rotate(input string) {
	before := s.rotations()
	s.runs++
	name := fmt.Sprintf("rotation-%d", s.runs)
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	s.abort = cancel
	machine, err := asl.Parse(statemachines.Rotate)
	must(s.t, err)
	s.depth++
	arn := "arn:aws:states:eu-west-1:111122223333:execution:rotate:" + name
	s.executions[arn] = task.Execution{Runs: true, Status: "RUNNING", Input: []byte(input)}
	result := machine.Run(ctx, []byte(input), asl.Options{Caller: s.world, Clock: s.clock, JSONata: s.engine, Rand: rand.NewPCG(1, uint64(s.runs)),
		Execution: asl.Execution{ARN: arn, Name: name, StateMachineName: "rotate"}})
	s.executions[arn] = task.Execution{Status: result.Status, Input: []byte(input)}
	if s.depth--; s.depth == 0 {
		s.before, s.after = nil, nil
	}
	fmt.Fprintf(&s.seen, "%s %s\n", result.Status, strings.Join(path(result.Path), " "))
	if result.Status != asl.StatusSucceeded {
		fmt.Fprintf(&s.seen, "  error: %s %s\n", result.Error, result.Cause)
	}
	after := s.rotations()
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if _, known := before[key]; !known {
			s.tellRotation(after[key])
		}
	}
	d, _, err := s.ledger.Document(s.t.Context(), app)
	must(s.t, err)
	fmt.Fprintf(&s.seen, "  ledger: %d snapshots, fence %d, leased %v\n", len(d.Snapshots), d.Fence, d.Lease != nil)
}

// rotations are the records of the application's rotations.
func (s *stage) rotations() map[string]ledger.RotationRecord {
	keys, err := s.objects.Keys(s.t.Context(), ledger.RotationPrefix+app.String()+"/")
	must(s.t, err)
	all := map[string]ledger.RotationRecord{}
	for _, key := range keys {
		id := strings.TrimSuffix(key[strings.LastIndexByte(key, '/')+1:], ".json")
		r, err := ledger.Rotation(s.t.Context(), s.objects, app, id)
		must(s.t, err)
		all[key] = r
	}
	return all
}

func (s *stage) tellRotation(r ledger.RotationRecord) {
	if r.Snapshot != nil {
		proof := "not proven"
		if v := r.Snapshot.Verified; v != nil {
			proof = fmt.Sprintf("%s, sound %v: %s", v.Kind, v.Sound, v.Message)
		}
		fmt.Fprintf(&s.seen, "  took one of revision %s: %s\n", r.Snapshot.Revision, proof)
	}
	for _, line := range []string{r.Skipped, r.GaveWay, r.Failed} {
		if line != "" {
			fmt.Fprintf(&s.seen, "  %s\n", line)
		}
	}
	for _, m := range r.Timeline {
		if m.State == "Retire" {
			fmt.Fprintf(&s.seen, "  Retire: %s\n", m.Note)
		}
	}
	for _, d := range r.Damaged {
		fmt.Fprintf(&s.seen, "  damaged: %s\n", d)
	}
	if r.Strays > 0 {
		fmt.Fprintf(&s.seen, "  strays: %d\n", r.Strays)
	}
}

func (s *stage) tellRehearsals() {
	there, err := s.saved.Rehearsals(s.t.Context(), app.Namespace)
	must(s.t, err)
	for _, left := range there {
		fmt.Fprintf(&s.seen, "  a throw-away cluster of %s, since %s\n", left.Application, left.Since.Format("02 15:04"))
	}
	if len(there) == 0 {
		s.seen.WriteString("  none\n")
	}
}

func (s *stage) tellSnapshots() {
	d, _, err := s.ledger.Document(s.t.Context(), app)
	must(s.t, err)
	for i, k := range d.Snapshots {
		proof := "not proven"
		if k.Verified != nil {
			proof = map[bool]string{true: "sound", false: "DAMAGED"}[k.Verified.Sound]
		}
		if !k.Retiring.IsZero() {
			proof += ", being removed"
		}
		there := "files there"
		if !flink.Below(k.Path, "s3://data/team-a/counter/savepoints") {
			there = "elsewhere"
		} else if dir := strings.TrimPrefix(k.Path, "s3://data/"); len(s.saved.files.Keys("data", dir+"/")) == 0 {
			there = "no files"
		}
		fmt.Fprintf(&s.seen, "  %d %s of %s, %s, %s\n", i+1, k.Kind, k.Taken.Format("02 15:04"), proof, there)
	}
	if d.Rotated != nil {
		fmt.Fprintf(&s.seen, "  rotated at %s %s\n", d.Rotated.At.Format("02 15:04"), d.Rotated.Skipped)
	}
}
