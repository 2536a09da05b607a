package eks

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// replay turns a recorded timeline into observations. What was not recorded
// along is added by these rules, and a case names what it restored:
//   - the operator has observed a generation with the first status it writes
//     after it, when that status has a new reconciliation state;
//   - a job starts when its name is first seen, or seen again after Flink had
//     not answered;
//   - the exception history gains an entry where a job is first seen FAILED or
//     RESTARTING, of the cause that the case names;
//   - while all tasks run, a checkpoint completes each second.
type replay struct {
	at       time.Time
	cause    flink.FailureCause
	restored string // of the job that starts next; empty: the savepoint that the resource names
	o        flink.Observation
}

// tell takes in one line of a timeline.
func (r *replay) tell(t *testing.T, line string) {
	t.Helper()
	_, facts, _ := strings.Cut(strings.TrimSpace(line), " ")
	var said map[string]any
	if err := json.Unmarshal([]byte(facts), &said); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	if answer, ok := said["REST"].([]any); ok {
		r.answered(answer)
		return
	}
	if _, ok := said["gone"]; ok {
		r.o.Exists = false
		return
	}
	r.o.Exists = true
	status := &r.o.Status
	if g := number(said["gen"]); g > 0 {
		r.o.Spec.Generation, r.o.Spec.Run = g, flink.Running
	}
	for key, to := range map[string]*string{"life": &status.Lifecycle, "jmds": &status.JobManager, "job": &status.JobState,
		"rec": &status.Reconciliation, "lastSP": &status.Savepoint.Path} {
		if text, ok := said[key].(string); ok {
			*to = text
		}
	}
	if text, ok := said["err"].(string); ok {
		status.Error = operatorError(text)
	}
	if said["rec"] != nil {
		status.ObservedGeneration = r.o.Spec.Generation
	}
}

// answered takes in what Flink said.
func (r *replay) answered(answer []any) {
	before := r.o.Job
	if len(answer) > 0 && answer[0] == "http" {
		r.o.Job = flink.JobFacts{Unreachable: fmt.Sprint(answer[1:]...), Restarts: -1}
		return
	}
	now := flink.JobFacts{Reachable: true, Restarts: -1}
	if len(answer) > 0 {
		job := answer[0].([]any)
		tasks := job[3].(map[string]any)
		now.ID, now.Name, now.State = job[0].(string), job[1].(string), job[2].(string)
		now.Tasks, now.TasksRunning = int(number(tasks["total"])), int(number(tasks["running"]))
		now.Started, now.Checkpoints, now.Failures = before.Started, before.Checkpoints, before.Failures
		if before.Name != now.Name {
			now.Started, now.Failures, now.Checkpoints = r.at, nil, flink.Checkpoints{Restored: 1, RestoredFrom: r.restoredFrom()}
		}
		if broken(now.State) && !broken(before.State) {
			now.Failures = append([]flink.Failure{{At: r.at, Cause: r.cause, Message: "it failed"}}, now.Failures...)
		}
	}
	r.o.Job = now
}

func broken(state string) bool { return state == "FAILED" || state == "RESTARTING" }

const nothing = "nothing"

func (r *replay) restoredFrom() string {
	switch r.restored {
	case nothing:
		return ""
	case "":
		return r.o.Status.Savepoint.Path
	}
	return r.restored
}

// second lets a second go by.
func (r *replay) second() {
	r.at = r.at.Add(time.Second)
	r.o.Job.Lag = flink.Lag{Known: true} // its source waits for nothing
	if j := &r.o.Job; j.State == "RUNNING" && j.Tasks > 0 && j.TasksRunning == j.Tasks {
		j.Checkpoints.Completed++
	}
}

// scripted is a case of the timelines.
type scripted struct {
	restore flink.RestoreKind
	sign    int // second of the first sign of trouble that a poll can see; 0: there is none

	cause    flink.FailureCause // of what breaks; empty: UserCode
	restored string             // see replay
	runs     bool               // no version replaces another: one that runs is disturbed
	verdicts string             // in turn; the checks that waited, then how it ended
	after    int                // seconds from the sign to Unhealthy
}

// A version bakes for twenty seconds here, and is seen each second: what came
// and went in between is not seen, as in a release.
const bake = 20 * time.Second

// written is the second from which a version is judged: all recordings begin a
// moment before its resource is written.
const written = 1

const (
	none = flink.RestoreNothing
	hold = flink.RestoreHeld
	chk  = "file:/flink-data/app/checkpoints/chk-1"
)

func TestTimelinesOfTheOperatorAreJudgedInTurn(t *testing.T) {
	for name, c := range timelines {
		t.Run(name, func(t *testing.T) {
			verdicts, unhealthy := c.run(t, name, everyCheckAtOnce())
			if got := strings.Join(verdicts, ", "); got != c.verdicts {
				t.Errorf("got  %s\nwant %s", got, c.verdicts)
			}
			if got := unhealthy - c.sign; c.sign > 0 && got != c.after {
				t.Errorf("Unhealthy %d seconds after the first sign, want %d", got, c.after)
			}
			if slow, _ := c.run(t, name, everyCheck()); slow[len(slow)-1] != verdicts[len(verdicts)-1] {
				t.Errorf("with lag it ends %s, else %s", slow[len(slow)-1], verdicts[len(verdicts)-1])
			}
		})
	}
}

// run judges a timeline second by second, until it is decided or the last line
// has held for a bake time and the trouble's grace.
func (c scripted) run(t *testing.T, name string, p flink.Policy) (verdicts []string, unhealthy int) {
	t.Helper()
	lines := linesOf(t, name)
	r := &replay{at: time.Unix(1795228000, 0).UTC(), cause: c.cause, restored: c.restored}
	if r.cause == "" {
		r.cause = flink.UserCode
	}
	e := flink.Expectation{Release: "rel", Step: "apply", Restore: flink.Restore{Kind: c.restore}, Policy: p, LagBefore: flink.Lag{Known: true}}
	e.Policy.BakeTime = bake
	r.o.Spec.Release, r.o.Spec.Step = e.Release, e.Step
	r.o.Signals = flink.Signals{Alarms: []flink.AlarmFacts{{Name: "latency", State: flink.AlarmOK}}, Queries: []flink.QueryFacts{{Query: "errors", Values: []float64{0}}}}
	var watch flink.Watch
	end := int(secondsOf(t, lines[len(lines)-1])) + 60
	for second := 0; second <= end; second++ {
		for len(lines) > 0 && secondsOf(t, lines[0]) <= float64(second) {
			r.tell(t, lines[0])
			lines = lines[1:]
		}
		if second == written && !c.runs {
			e.PreviousStart = r.o.Job.Started
		}
		if second >= written {
			var v flink.Verdict
			watch, v = flink.Judge(watch, r.o, e, r.at)
			said := v.Check
			if v.State != flink.Progressing {
				said = verdict(v)
			}
			if len(verdicts) == 0 || verdicts[len(verdicts)-1] != said {
				verdicts = append(verdicts, said)
			}
			if v.State != flink.Progressing {
				return verdicts, second
			}
		}
		r.second()
	}
	return verdicts, -1
}

func linesOf(t *testing.T, name string) []string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "timelines", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	for s := bufio.NewScanner(f); s.Scan(); {
		lines = append(lines, s.Text())
	}
	return lines
}

func secondsOf(t *testing.T, line string) float64 {
	t.Helper()
	var at float64
	if _, err := fmt.Sscan(line, &at); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return at
}

func TestNoTimelineIsLeftUnjudged(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "timelines", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d timelines, %v", len(files), err)
	}
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".txt"))
	}
	for _, name := range names {
		if _, judged := timelines[name]; !judged {
			t.Errorf("%s is not in the table", name)
		}
	}
	for name := range timelines {
		if !slices.Contains(names, name) {
			t.Errorf("%s was not recorded", name)
		}
	}
}
