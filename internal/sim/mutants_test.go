package sim

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

// withinSchedules is how many schedules may pass until a planted bug is found
// that no story of its own finds.
const withinSchedules = 1500

// mutants are planted bugs, each by the sentence that says what is wrong.
var mutants = map[string]Mutant{
	"the ledger writes without looking at versions":          {Objects: objects(func(o *bugs) { o.blind = true })},
	"the cluster looks at no fence":                          {Target: target(func(b *badTarget) { b.noFence = true })},
	"the lease is given back before the outcome is written":  {Handlers: before("settle", giveBackFirst)},
	"the wrong savepoint is restored":                        {Handlers: before("apply", takeInsurance)},
	"what the operator holds is restored":                    {Handlers: before("apply", restoreHeld)},
	"duplicates are not recognised":                          {Objects: objects(func(o *bugs) { o.change = func(d *ledger.Document) { d.Seen = nil } })},
	"what was sent stays in the outbox":                      {Objects: objects(func(o *bugs) { o.keepOutbox = true })},
	"the failed version's checkpoints are not looked at":     {Handlers: before("roll-back", forgetCheckpoints), Target: target(func(b *badTarget) { b.hidesCheckpoints = true })},
	"restarts and failures are not looked at":                {Target: target(func(b *badTarget) { b.hidesFailures = true })},
	"a stop that failed is taken for one that succeeded":     {Handlers: after("stop", insuranceAsStop)},
	"a good lease is taken away":                             {Objects: objects(func(o *bugs) { o.change = expire })},
	"a change that is overtaken is not recorded":             {Objects: objects(func(o *bugs) { o.dropsRecords = "Overtaken" })},
	"what is supposed of a release is written blindly":       {Objects: objects(func(o *bugs) { o.supposes = true })},
	"jars are not pinned":                                    {Pins: func(a task.Artifacts) task.Artifacts { return unpinned{a} }},
	"a version is promoted and the ledger not told":          {Handlers: func(_ task.Tasks, h map[string]task.Handler) { h["promote"] = promoteNothing }},
	"the job is replaced without a savepoint":                {Handlers: before("apply", startEmpty)},
	"the savepoint of the stop is not recorded":              {Objects: objects(func(o *bugs) { o.dropsStops = true })},
	"the message that starts the next release is not posted": {Objects: objects(func(o *bugs) { o.dropsStarts = true })},

	"all steps of a release write with one fence":              {Target: target(func(b *badTarget) { b.oneFence = true })},
	"a cancellation is not heard once something was touched":   {Objects: objects(func(o *bugs) { o.deaf = true })},
	"a parked change keeps its lease":                          {Objects: objects(func(o *bugs) { o.parkedLease = true })},
	"a window holds a repair":                                  {Handlers: holdRepairs},
	"a dry run takes the lease":                                {Handlers: before("prepare", takeLease)},
	"a tombstone is not looked at":                             {Objects: objects(func(o *bugs) { o.change = func(d *ledger.Document) { d.Deleted = nil } })},
	"an answer is taken for another change, too":               {Objects: objects(func(o *bugs) { o.answersStay = true })},
	"a rollback is decided before the failed version is still": {Handlers: before("roll-back", goOnWithout), Target: target(func(b *badTarget) { b.hidesCheckpoints = true })},
	"a savepoint that is referred to is removed":               {Handlers: before("promote", removeStop)},
	"the circuit stays closed after a dirty end":               {Objects: objects(func(o *bugs) { o.noCircuit = true })},

	"recovery takes the living for dead":               sweep(func(t *task.Tasks) { t.Executions = allOf{t.Executions, false} }),
	"recovery takes the dead for living":               sweep(func(t *task.Tasks) { t.Executions = allOf{t.Executions, true} }),
	"recovery does not wait for a dead one's function": sweep(func(t *task.Tasks) { t.Config.LastWord = 0 }),
	"recovery tells nobody of what has died":           {Objects: objects(func(o *bugs) { o.dropsRecords = "Died" })},
	"recovery drops the outbox":                        sweep(func(t *task.Tasks) { t.Sender = nowhere{} }),
	"recovery does not see what was applied":           sweep(func(t *task.Tasks) { t.Target = unwritten{t.Target} }),
	"recovery writes without looking at versions":      {Objects: objects(func(o *bugs) { o.blindly = "sweep" })},
	"recovery does not know what ran before":           {Objects: objects(func(o *bugs) { o.oldest = true })},
	"a release that undoes restores an older state":    {Handlers: before("apply", undoFromTheOldest)},
}

func TestEveryPlantedBugIsFound(t *testing.T) {
	parts := load(t)
	all := maps.Clone(mutants)
	maps.Copy(all, troubleMutants)
	for name, m := range all {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			for story, schedule := range onceWrong() {
				tries := []Schedule{schedule}
				if slices.ContainsFunc(schedule.Faults, atPutIf) {
					tries = append(tries, blindly(schedule))
				}
				for _, s := range tries {
					if o := Run(parts, s, m, false); o.Violation != nil {
						t.Logf("found by the story that %s, by %s", story, o.Violation.Rule)
						return
					}
				}
			}
			found := SearchFrom(parts, 0, withinSchedules, m, true)
			if len(found.Findings) == 0 {
				t.Fatalf("no rule was broken in %d schedules", found.Ran)
			}
			t.Logf("found after %d schedules, by %s", found.Ran, found.Findings[0].Violation.Rule)
		})
	}
}

// blindly has the faults of conditional writes meet unconditional ones: what a
// bug may make of them.
func blindly(s Schedule) Schedule {
	s.Faults = slices.Clone(s.Faults)
	for i := range s.Faults {
		if atPutIf(s.Faults[i]) {
			s.Faults[i].Call = "ledger.Put"
		}
	}
	return s
}

func atPutIf(f Fault) bool { return f.Call == "ledger.PutIf" }

// bugs are an object store that does not do what it should.
type bugs struct {
	ledger.Objects
	blind, keepOutbox, dropsStops, dropsStarts bool
	deaf, parkedLease, answersStay, noCircuit  bool
	supposes, oldest                           bool
	blindly                                    string         // the function that writes without looking at versions
	answer                                     *ledger.Answer // the last that was seen
	dropsRecords                               string
	change                                     func(*ledger.Document) // of what is read
	troubleBugs
	outbox map[string]ledger.Message
}

func objects(plant func(*bugs)) func(ledger.Objects) ledger.Objects {
	return func(o ledger.Objects) ledger.Objects {
		b := &bugs{Objects: o, outbox: map[string]ledger.Message{}}
		plant(b)
		return b
	}
}

func (b *bugs) Get(ctx context.Context, key string) ([]byte, ledger.Version, error) {
	body, v, err := b.Objects.Get(ctx, key)
	if err != nil || !strings.HasPrefix(key, ledger.DocumentPrefix) {
		return body, v, err
	}
	if b.change != nil {
		body = edit(body, b.change)
	}
	body = b.hide(ctx, body)
	if name := invocationOf(ctx).function.Name; b.deaf && name != "admit" && name != "settle" {
		body = edit(body, forgetCancel)
	}
	if name := invocationOf(ctx).function.Name; b.oldest && name == "sweep" {
		body = edit(body, bringBackTheOldest)
	}
	if b.answersStay {
		body = edit(body, b.answerAgain)
	}
	return body, v, err
}

func forgetCancel(d *ledger.Document) {
	if d.Lease != nil && d.Applied != d.Current {
		d.Lease.Cancel = nil
	}
}

// answerAgain gives the answer of one change to the next that asks.
func (b *bugs) answerAgain(d *ledger.Document) {
	if d.Parked == nil || d.Parked.Why != ledger.ForApproval {
		return
	}
	if d.Parked.Answer != nil {
		b.answer = d.Parked.Answer
	}
	d.Parked.Answer = b.answer
}

func (b *bugs) Put(ctx context.Context, key string, body []byte) error {
	if b.dropsRecords != "" && strings.Contains(string(body), `"reason": "`+b.dropsRecords) || b.drops(key) {
		return nil
	}
	return b.Objects.Put(ctx, key, body)
}

func (b *bugs) PutIf(ctx context.Context, key string, body []byte, v ledger.Version) error {
	if b.dropsRecords != "" && strings.Contains(string(body), `"reason": "`+b.dropsRecords) || b.drops(key) {
		return nil
	}
	if b.supposes && strings.HasPrefix(key, ledger.RecordPrefix) {
		return b.Objects.Put(ctx, key, body)
	}
	if !strings.HasPrefix(key, ledger.DocumentPrefix) {
		return b.Objects.PutIf(ctx, key, body, v)
	}
	body = edit(b.unhide(ctx, body), b.damage)
	if b.blind || b.blindly == invocationOf(ctx).function.Name {
		return b.Objects.Put(ctx, key, body)
	}
	return b.Objects.PutIf(ctx, key, body, v)
}

// damage changes what is written.
func (b *bugs) damage(d *ledger.Document) {
	if b.keepOutbox {
		for _, m := range b.outbox {
			d.Post(m)
		}
		for _, m := range d.Outbox {
			b.outbox[m.Name] = m
		}
	}
	var kept []flink.Snapshot
	for _, s := range d.Snapshots {
		if !b.dropsStops || s.Kind != "Stop" {
			kept = append(kept, s)
		}
	}
	d.Snapshots = kept
	if b.noCircuit {
		d.Circuit = nil
	}
	if p := d.Parked; b.parkedLease && p != nil && d.Lease == nil {
		d.Lease = &ledger.Lease{Holder: p.Holder, Release: p.ID, Fence: d.Fence, Expires: p.Until}
	}
	for _, m := range d.Outbox {
		if b.dropsStarts && m.Kind == ledger.StartRelease {
			d.Sent(m.Name)
		}
	}
}

func edit(body []byte, change func(*ledger.Document)) []byte {
	var d ledger.Document
	must(json.Unmarshal(body, &d))
	change(&d)
	body, err := json.Marshal(d)
	must(err)
	return body
}

func expire(d *ledger.Document) {
	if d.Lease != nil && d.Lease.Holder != "" {
		d.Lease.Expires = d.Lease.Taken
	}
}

// badTarget is a cluster, or a way to look at it, that does not do what it should.
type badTarget struct {
	flink.Target
	noFence, oneFence, hidesCheckpoints, hidesFailures, hidesReferences bool
}

func target(plant func(*badTarget)) func(flink.Target) flink.Target {
	return func(t flink.Target) flink.Target {
		b := &badTarget{Target: t}
		plant(b)
		return b
	}
}

func (b *badTarget) Observe(ctx context.Context, a flink.Application) (flink.Observation, error) {
	o, err := b.Target.Observe(ctx, a)
	if b.hidesFailures {
		o.Job.Failures, o.Job.Restarts = nil, 0
		if o.Job.State == "RESTARTING" || o.Job.State == "FAILED" {
			o.Job.State = "RUNNING"
		}
		o.Job.TasksRunning, o.Status.JobState = o.Job.Tasks, "RUNNING"
	}
	if b.hidesReferences && invocationOf(ctx).function.Name == "retire" {
		o.Job.Checkpoints.RestoredFrom, o.Spec.InitialSavepoint, o.Status.Savepoint.Path, o.Record.Path = "", "", "", ""
	}
	if b.hidesCheckpoints && invocationOf(ctx).function.Name == "roll-back" {
		o.Job.Checkpoints.Completed, o.Record.LatestID = 0, 0
	}
	return o, err
}

func (b *badTarget) Apply(ctx context.Context, d flink.Desired) error {
	if b.oneFence {
		d.Fence -= d.Fence % 1024
	}
	if !b.noFence || d.DryRun {
		return b.Target.Apply(ctx, d)
	}
	return b.Target.(*watchedTarget).unfenced(ctx, d)
}

// unfenced writes with the caller's fence in the journal and with the newest in the cluster.
func (t *watchedTarget) unfenced(ctx context.Context, d flink.Desired) error {
	return t.call(ctx, "target.Apply", "without a fence", func() error {
		return t.write(change{Release: d.Release, Step: d.Step, Fence: d.Fence, Desired: d}, func() error {
			for _, c := range t.journal.changes {
				d.Fence = max(d.Fence, c.Fence)
			}
			return t.applyOrDie(ctx, d)
		})
	})
}

// before changes a function's input, after its output.
func before(name string, change func(ctx context.Context, t task.Tasks, r *task.Release)) func(task.Tasks, map[string]task.Handler) {
	return func(t task.Tasks, h map[string]task.Handler) {
		real := h[name]
		h[name] = func(ctx context.Context, in []byte) ([]byte, error) {
			return real(ctx, editRelease(in, func(r *task.Release) { change(ctx, t, r) }))
		}
	}
}

func after(name string, change func(r *task.Release)) func(task.Tasks, map[string]task.Handler) {
	return func(_ task.Tasks, h map[string]task.Handler) {
		real := h[name]
		h[name] = func(ctx context.Context, in []byte) ([]byte, error) {
			out, err := real(ctx, in)
			if err != nil {
				return out, err
			}
			return editRelease(out, change), nil
		}
	}
}

func editRelease(body []byte, change func(*task.Release)) []byte {
	var r task.Release
	must(json.Unmarshal(body, &r))
	change(&r)
	body, err := json.Marshal(r)
	must(err)
	return body
}

type unpinned struct{ task.Artifacts }

func (unpinned) Pin(context.Context, string, string, io.ReadSeeker) error { return nil }

// giveBackFirst ends the lease in a write of its own.
func giveBackFirst(ctx context.Context, t task.Tasks, r *task.Release) {
	_, _ = ledger.Update(ctx, t.Ledger, r.Application, func(d *ledger.Document) error {
		if d.Lease != nil && d.Lease.Release == r.ID {
			d.Lease, d.LastRelease = nil, r.ID
		}
		return nil
	})
}

func takeInsurance(_ context.Context, _ task.Tasks, r *task.Release) {
	if r.Stopped != nil && r.Insurance != nil {
		r.Stopped.Path = r.Insurance.Path
	}
}

func restoreHeld(_ context.Context, _ task.Tasks, r *task.Release) { r.Stopped = nil }

func forgetCheckpoints(_ context.Context, _ task.Tasks, r *task.Release) {
	r.FailedAt, r.Watch.Last = nil, nil
}

func insuranceAsStop(r *task.Release) {
	if r.Decision == task.ToRollBack && r.Stopped == nil {
		r.Stopped = r.Insurance
	}
}

func promoteNothing(_ context.Context, in []byte) ([]byte, error) {
	return editRelease(in, func(r *task.Release) {
		r.Decision, r.Outcome, r.Reason, r.Message = task.ToSettle, flink.Succeeded, flink.Released, r.Jar+" runs"
	}), nil
}

func startEmpty(_ context.Context, _ task.Tasks, r *task.Release) {
	r.Stopped, r.Plan.Restore = nil, flink.Restore{Kind: flink.RestoreNothing}
}

// holdRepairs has everything wait a minute that nobody uploaded.
func holdRepairs(t task.Tasks, h map[string]task.Handler) {
	admit := h["admit"]
	h["admit"] = func(ctx context.Context, in []byte) ([]byte, error) {
		out, err := admit(ctx, in)
		if err != nil {
			return out, err
		}
		now := t.Clock.Now()
		return editRelease(out, func(r *task.Release) {
			if r.Change.Kind != flink.Upgrade && r.Decision == task.ToPrepare && now.Sub(r.Started) < time.Minute {
				r.Decision, r.Wait = task.ToAwaitWindow, &task.Wait{For: ledger.ForWindow, Until: now.Add(time.Minute).Truncate(time.Second), Seconds: 60}
			}
		}), nil
	}
}

func takeLease(ctx context.Context, t task.Tasks, r *task.Release) {
	if r.Change.DryRun {
		_, _ = ledger.Update(ctx, t.Ledger, r.Application, func(d *ledger.Document) error {
			_, err := d.Take(r.Execution, r.ID, t.Clock.Now(), time.Minute)
			return err
		})
	}
}

func goOnWithout(_ context.Context, _ task.Tasks, r *task.Release) {
	if r.Standstill == nil {
		r.Standstill, r.FailedAt, r.Watch.Last = &task.Standstill{}, nil, nil
	}
}

func removeStop(ctx context.Context, t task.Tasks, r *task.Release) {
	if r.Stopped != nil {
		_ = t.Target.RemoveSnapshot(ctx, r.Application, r.Stopped.Path)
	}
}
