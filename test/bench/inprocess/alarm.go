package inprocess

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/jar/jartest"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/manifest/manifesttest"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/statemachines"
	"github.com/sluice-flink/sluice/test/bench/figures"
)

// MeasureAlarm has an application repaired as often as rounds says: its job ends
// for good, its alarm goes off, the remediate machine asks for a restart and the
// release machine makes it. engine is as in Measure.
func MeasureAlarm(ctx context.Context, engine string, rounds int) (figures.Alarm, error) {
	w, err := newRepairs(engine)
	if err != nil {
		return figures.Alarm{}, err
	}
	if err := w.deploy(ctx); err != nil {
		return figures.Alarm{}, err
	}
	if _, _, err := w.round(ctx); err != nil { // the first compiles the machines' expressions
		return figures.Alarm{}, err
	}
	var all figures.Alarm
	for range rounds {
		asked, acted, err := w.round(ctx)
		if err != nil {
			return all, err
		}
		all.Asked, all.Acted = append(all.Asked, asked), append(all.Acted, acted)
	}
	return all, nil
}

// alarmName is the one alarm that there is.
const alarmName = "unhealthy"

// repairs is a world in which alarms go off.
type repairs struct {
	*world
	remedy       *asl.Machine
	raised       bool
	started      string    // the execution of the release machine: its name is taken
	asked, acted time.Time // by the real clock
}

func newRepairs(engine string) (*repairs, error) {
	loaded, err := load(engine)
	if err != nil {
		return nil, err
	}
	inner, err := newWorld(loaded)
	if err != nil {
		return nil, err
	}
	w := &repairs{world: inner}
	if w.remedy, err = asl.Parse(statemachines.Remediate); err != nil {
		return nil, err
	}
	w.deps.Signals, w.deps.AlarmDetails = task.Signals{Alarms: w}, w
	w.handlers = task.Tasks{Deps: w.deps}.Handlers()
	return w, nil
}

// Alarms implements task.Alarms.
func (w *repairs) Alarms(context.Context, []string) ([]flink.AlarmFacts, error) {
	state := flink.AlarmState("OK")
	if w.raised {
		state = flink.AlarmRaised
	}
	return []flink.AlarmFacts{{Name: alarmName, State: state, Since: w.clock.Now()}}, nil
}

// Series implements task.AlarmDetails: the alarm has one series, and no names of them.
func (w *repairs) Series(context.Context, string) (map[string]flink.AlarmFacts, error) {
	return nil, nil
}

// Tags implements task.AlarmDetails.
func (w *repairs) Tags(context.Context, string) (map[string]string, error) { return nil, nil }

const repaired = "  remediation: {steps: [Restart, Escalate], cooldown: 5m}\n"

func (w *repairs) deploy(ctx context.Context) error {
	event, err := w.put(app.ManifestKey(), []byte(manifesttest.Short+repaired))
	if err == nil {
		_, err = w.run(ctx, event)
	}
	if err == nil {
		event, err = w.put(app.String()+"/v1.jar", jartest.Make("v1"))
	}
	if err != nil {
		return err
	}
	r, err := w.run(ctx, event)
	if err == nil && r.Outcome != string(flink.Succeeded) {
		err = fmt.Errorf("the first version ended %s", r.Outcome)
	}
	return err
}

// round is one alarm and its repair, a day after the one before.
func (w *repairs) round(ctx context.Context) (asked, acted time.Duration, err error) {
	if err := w.clock.Sleep(ctx, 25*time.Hour); err != nil {
		return 0, 0, err
	}
	w.model.FailJob(app)
	if err := w.clock.Sleep(ctx, time.Minute); err != nil {
		return 0, 0, err
	}
	w.raised, w.asked, w.acted = true, time.Time{}, time.Time{}
	w.onSend = func(m ledger.Message) error { return w.carryOut(ctx, m) }
	defer func() { w.onSend = nil }()
	event, err := w.event()
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	err = w.remediate(ctx, event)
	if err == nil && (w.asked.IsZero() || w.acted.IsZero()) {
		err = errors.New("the alarm was over before anything was done")
	}
	return w.asked.Sub(began), w.acted.Sub(began), err
}

// event is that of the alarm.
func (w *repairs) event() ([]byte, error) {
	now := w.clock.Now()
	detail, err := json.Marshal(map[string]any{"alarmName": alarmName, "state": map[string]any{"value": flink.AlarmRaised, "timestamp": now.Format("2006-01-02T15:04:05.000-0700")},
		"configuration": map[string]any{"metrics": []any{map[string]any{"id": "m1", "metricStat": map[string]any{"metric": map[string]any{"namespace": "Sluice/sluice", "name": "Unhealthy",
			"dimensions": map[string]string{task.NamespaceDimension: app.Namespace, task.ApplicationDimension: app.Name}}}}}}})
	if err != nil {
		return nil, err
	}
	return json.Marshal(events.Event{Version: "0", ID: "alarm-" + now.Format(time.RFC3339), Source: events.AlarmSource, DetailType: events.AlarmStateChangedType, Time: now,
		Resources: []string{"arn:aws:cloudwatch:us-east-1:111122223333:alarm:" + alarmName}, Detail: detail})
}

func (w *repairs) remediate(ctx context.Context, event []byte) error {
	w.runs++
	name := fmt.Sprintf("run-%d", w.runs)
	result := w.remedy.Run(ctx, event, asl.Options{Caller: w, Clock: w.clock, JSONata: w.engine,
		Execution: asl.Execution{ARN: "arn:aws:states:us-east-1:111122223333:execution:remediate:" + name, Name: name, StateMachineName: string(functions.Remediate)}})
	var r task.Remediation
	if err := json.Unmarshal(result.Output, &r); err != nil {
		return fmt.Errorf("the remediation ended %s, %s: %s", result.Status, result.Error, result.Cause)
	}
	if r.Outcome != flink.IncidentHelped {
		return fmt.Errorf("the remediation ended %s: %s", r.Outcome, r.Message)
	}
	return nil
}

// carryOut runs the release machine for a change that was asked for, and notes
// its first write to the target.
func (w *repairs) carryOut(ctx context.Context, m ledger.Message) error {
	if m.Kind != ledger.StartRelease || m.Name == w.started {
		return nil
	}
	w.asked, w.started = time.Now(), m.Name
	w.model.Interrupt(func(c targettest.Call) error {
		if c.Method == "Apply" && c.Moment == targettest.Before && w.acted.IsZero() {
			w.acted = time.Now()
		}
		return nil
	})
	defer w.model.Interrupt(nil)
	r, err := w.run(ctx, m.Payload)
	if err == nil && r.Outcome != string(flink.Succeeded) {
		err = fmt.Errorf("the restart ended %q", r.Outcome)
	}
	w.raised = false
	return err
}
