package agree

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// run is one scenario at one place, and the trace that it leaves.
type run struct {
	place    Place
	trace    strings.Builder
	names    *names
	versions map[string]string // revision's id to the version's name

	steps    int
	last     flink.Desired
	revision flink.Revision // what was applied last with success
	asked    map[string]flink.SnapshotRequest
	jobID    string          // newest that was seen
	uid      string          // of the object that was seen last
	deployed bool            // it has been
	failed   bool            // it came to an early end, of which two honest runs tell differently
	reported flink.SpecFacts // as of the last report
	way      []string        // lifecycles that were seen since, in order
}

// Run does a scenario's steps and returns the trace. An error is one of the
// place or the scenario, never of what is observed.
func Run(ctx context.Context, p Place, s Scenario) (string, error) {
	r := &run{place: p, names: &names{paths: map[string]string{}}, versions: map[string]string{}, asked: map[string]flink.SnapshotRequest{}}
	for _, line := range s.Steps {
		step, words, err := parse(line)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(&r.trace, line)
		switch err := step.do(r, ctx, words); {
		case errors.Is(err, errNever):
			fmt.Fprintln(&r.trace, never)
			return r.trace.String(), nil
		case err != nil:
			return r.trace.String(), fmt.Errorf("%s: %w", line, err)
		}
	}
	return r.trace.String(), nil
}

func (r *run) tell(name, value string) {
	if value != "" {
		fmt.Fprintf(&r.trace, "  %s: %s\n", name, value)
	}
}

// answer is what a call of the port came back with.
func (r *run) answer(err error) error {
	if err == nil {
		r.tell("answer", "ok")
		return nil
	}
	var known *flink.Error
	if !errors.As(err, &known) {
		return err
	}
	r.tell("answer", string(known.Code))
	return nil
}

// longest is how long a condition is waited for. What has not come by then ends
// the scenario: its later steps would be about something else.
const longest = 4 * time.Minute

// never is what the trace says then.
const never = "  it did not happen"

var errNever = errors.New("the condition never held")

// observe looks until the place answers, and learns from what it sees.
func (r *run) observe(ctx context.Context) (flink.Observation, error) {
	for waited := time.Duration(0); ; waited += r.place.Look() {
		o, err := r.place.Observe(ctx, r.place.Application())
		if err == nil {
			r.learn(o)
			return o, nil
		}
		if flink.CodeOf(err) != flink.Unavailable || waited > longest {
			return o, err
		}
		if err := r.place.Pass(ctx, r.place.Look()); err != nil {
			return o, err
		}
	}
}

func (r *run) learn(o flink.Observation) {
	r.names.learn(o, r.versions[o.Spec.Revision])
	if o.Job.ID != "" {
		r.jobID = o.Job.ID
	}
	if o.Spec.UID != r.uid {
		r.uid, r.deployed, r.failed = o.Spec.UID, false, false
	}
	r.deployed = r.deployed || o.Status.Lifecycle == "DEPLOYED"
	switch now := o.Status.Lifecycle; {
	case !o.Exists:
		r.pass("absent")
	case failedEarly(o):
		r.failed = true
	case !r.deployed: // of a first deployment only the result lasts for longer than a look
	case r.failed && !o.Job.Reachable: // what the operator says then is what it had said of the early end
	default:
		r.failed = false
		r.pass(now)
	}
}

// pass tells a lifecycle once, but for UPGRADING: it lasts for as long as there is
// something to take down, which may be less than a look.
func (r *run) pass(lifecycle string) {
	if lifecycle != "UPGRADING" && (len(r.way) == 0 || r.way[len(r.way)-1] != lifecycle) {
		r.way = append(r.way, lifecycle)
	}
}

// wait looks until the condition holds.
func (r *run) wait(ctx context.Context, condition string) (o flink.Observation, err error) {
	for waited := time.Duration(0); waited <= longest; waited += r.place.Look() {
		if o, err = r.observe(ctx); err != nil || conditions[condition](o) {
			return o, err
		}
		if err = r.place.Pass(ctx, r.place.Look()); err != nil {
			return o, err
		}
	}
	return o, errNever
}

func (r *run) until(ctx context.Context, words []string) error {
	_, err := r.wait(ctx, words[0])
	return err
}

// await waits for the condition, then until it holds and nothing changes for a
// while, and tells the facts. What never settles has to be watched.
func (r *run) await(ctx context.Context, words []string) error {
	o, err := r.wait(ctx, words[0])
	if err != nil {
		return err
	}
	facts := r.facts(o)
	for lasted, all := time.Duration(0), time.Duration(0); lasted < r.place.Settle() && all < longest/4; all += r.place.Look() {
		if err := r.place.Pass(ctx, r.place.Look()); err != nil {
			return err
		}
		if o, err = r.observe(ctx); err != nil {
			return err
		}
		lasted += r.place.Look()
		if now := r.facts(o); !slices.Equal(now, facts) || !conditions[words[0]](o) {
			facts, lasted = now, 0
		}
	}
	r.report(o, facts)
	return nil
}

func (r *run) report(o flink.Observation, facts []fact) {
	for _, f := range facts {
		r.tell(f.name, f.value)
	}
	r.tell("lifecycles", strings.Join(r.way, ", "))
	r.reported, r.way = o.Spec, nil
}

// onTheWay are values that a job has between two others.
var onTheWay = []string{"starting", "none runs", "some run"}

// watch looks for so long and tells every value that a fact had; what is on its
// way from one to the next is not told.
func (r *run) watch(ctx context.Context, words []string) error {
	seconds, _ := strconv.Atoi(words[0])
	values := map[string][]string{}
	var o flink.Observation
	for waited := time.Duration(0); waited <= time.Duration(seconds)*time.Second; waited += r.place.Look() {
		var err error
		if o, err = r.observe(ctx); err != nil {
			return err
		}
		for _, f := range r.facts(o) {
			if f.value != "" && !slices.Contains(onTheWay, f.value) && !slices.Contains(values[f.name], f.value) {
				values[f.name] = append(values[f.name], f.value)
			}
		}
		if err := r.place.Pass(ctx, r.place.Look()); err != nil {
			return err
		}
	}
	var facts []fact
	for _, name := range told {
		slices.Sort(values[name])
		facts = append(facts, fact{name, strings.Join(values[name], " | ")})
	}
	r.way = nil
	r.report(o, facts)
	return nil
}
