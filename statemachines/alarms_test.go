package statemachines_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/statemachines"
)

// alarms is CloudWatch as far as a remediation asks it: alarms and series by
// their names, and tags by the alarm's ARN.
type alarms struct {
	states map[string]flink.AlarmFacts
	series map[string]map[string]flink.AlarmFacts
	tags   map[string]map[string]string
	away   error

	follows map[string]bool // alarms that are raised while the job is unwell
	unwell  func() bool
	now     func() time.Time
}

func newAlarms() *alarms {
	return &alarms{states: map[string]flink.AlarmFacts{}, series: map[string]map[string]flink.AlarmFacts{}, tags: map[string]map[string]string{}, follows: map[string]bool{}}
}

// Alarms implements task.Alarms.
func (a *alarms) Alarms(_ context.Context, names []string) (all []flink.AlarmFacts, _ error) {
	for _, name := range names {
		if f, ok := a.states[name]; ok {
			if state := flink.AlarmState("OK"); a.follows[name] {
				if a.unwell() {
					state = flink.AlarmRaised
				}
				if f.State != state {
					f.State, f.Since = state, a.now()
				}
				a.states[name] = f
			}
			all = append(all, f)
		}
	}
	return all, a.away
}

// Series implements task.AlarmDetails.
func (a *alarms) Series(_ context.Context, alarm string) (map[string]flink.AlarmFacts, error) {
	if _, ok := a.states[alarm]; !ok {
		return nil, flink.Errorf(flink.NotFound, "read the alarm", "there is no alarm %s", alarm)
	}
	return a.series[alarm], a.away
}

// Tags implements task.AlarmDetails.
func (a *alarms) Tags(_ context.Context, arn string) (map[string]string, error) {
	return a.tags[arn], a.away
}

// remediating is a world whose changes that are asked for are carried out at once.
type remediating struct {
	world  *world
	alarms *alarms
	remedy *asl.Machine
	events int
	asked  int
}

func (w *world) remediating() *remediating {
	w.t.Helper()
	machine, err := asl.Parse(statemachines.Remediate)
	must(w.t, err)
	r := &remediating{world: w, alarms: newAlarms(), remedy: machine}
	r.alarms.now, r.alarms.unwell = w.clock.Now, func() bool {
		o, err := w.target.Observe(w.t.Context(), app)
		must(w.t, err)
		return flink.Unwell(o, flink.Revision{}, w.clock.Now()) != ""
	}
	w.handlers = task.Tasks{Deps: task.Deps{Ledger: w.ledger, Artifacts: w.artifacts, Target: w.target, Sender: w, Executions: w, Clock: w.clock, Signals: task.Signals{Alarms: r.alarms}, AlarmDetails: r.alarms,
		Config: task.Config{ArtifactBucket: artifactBucket, PinBucket: ledgerBucket, Metrics: "Sluice/sluice-eventplane", Cluster: "production", LongPoll: functions.LongPoll, Poll: 2 * time.Second,
			LastWord: functions.LastWord, ReleaseMachine: machineARN}}}.Handlers()
	return r
}

// set gives an alarm a state, as of now.
func (r *remediating) set(name string, state flink.AlarmState) {
	r.alarms.states[name] = flink.AlarmFacts{Name: name, State: state, Since: r.world.clock.Now(), Reason: "Threshold Crossed"}
}

// event is the event of an alarm's change; without a dimension it names no application.
func (r *remediating) event(name, state string, dimensions map[string]string) []byte {
	r.events++
	now := r.world.clock.Now()
	detail := map[string]any{"alarmName": name, "state": map[string]any{"value": state, "reason": "Threshold Crossed", "timestamp": now.Format("2006-01-02T15:04:05.000-0700")},
		"configuration": map[string]any{"metrics": []any{map[string]any{"id": "m1", "metricStat": map[string]any{"metric": map[string]any{"namespace": "Sluice", "name": "FailureRestarts", "dimensions": dimensions}}}}}}
	raw, _ := json.Marshal(detail)
	e, _ := json.Marshal(events.Event{Version: "0", ID: fmt.Sprint("alarm-", r.events), Source: events.AlarmSource, DetailType: events.AlarmStateChangedType, Time: now,
		Resources: []string{"arn:aws:cloudwatch:eu-west-1:111122223333:alarm:" + name}, Detail: raw})
	return e
}

func dimensionsOf(a flink.Application) map[string]string {
	return map[string]string{task.NamespaceDimension: a.Namespace, task.ApplicationDimension: a.Name}
}

// remediate executes the machine for an event.
func (r *remediating) remediate(event []byte) (asl.Result, task.Remediation) {
	result := r.world.execute(r.remedy, functions.Remediate, event)
	var out task.Remediation
	if len(result.Output) > 0 {
		must(r.world.t, json.Unmarshal(result.Output, &out))
	}
	return result, out
}

// calls are what was sent to call somebody.
func (r *remediating) calls() (all []ledger.Call) {
	for _, m := range r.world.sent {
		if m.Kind == ledger.Escalation {
			var c ledger.Call
			must(r.world.t, json.Unmarshal(m.Payload, &c))
			all = append(all, c)
		}
	}
	return all
}
