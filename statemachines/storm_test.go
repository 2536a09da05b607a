package statemachines_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

const storm = 200

// ailing deploys an application whose job has ended, and whose policy answers alarms.
func (r *remediating) ailing() {
	w := r.world
	w.run(w.put(app.ManifestKey(), []byte(manifestYAML+"  remediation: {steps: [Restart, Escalate], cooldown: 5m}\n")))
	w.run(w.put(app.String()+"/v1.jar", w.jar("v1", targettest.Behaviour{})))
	must(w.t, w.clock.Sleep(w.t.Context(), time.Hour))
	w.target.FailJob(app)
	must(w.t, w.clock.Sleep(w.t.Context(), 10*time.Second))
}

// asks are the changes that incidents asked for, by application.
func (r *remediating) asks() map[flink.Application]map[string]bool {
	all := map[flink.Application]map[string]bool{}
	for _, m := range r.world.sent {
		if m.Kind != ledger.StartRelease {
			continue
		}
		var e struct {
			Detail struct{ Namespace, Application, Request string }
		}
		must(r.world.t, json.Unmarshal(m.Payload, &e))
		a := flink.Application{Namespace: e.Detail.Namespace, Name: e.Detail.Application}
		if all[a] == nil {
			all[a] = map[string]bool{}
		}
		all[a][e.Detail.Request] = true
	}
	return all
}

// TestAStormOfOneApplicationMakesOneRepair: 200 alarms of one application go off
// while the first is being acted on. Each has a record, and one repair is made.
func TestAStormOfOneApplicationMakesOneRepair(t *testing.T) {
	w := newWorld(t)
	r := w.remediating()
	r.ailing()
	w.onFirstRepair(func() {
		r.alarms.states = map[string]flink.AlarmFacts{} // they are quiet, all of them: removed counts so
	})
	w.before = func(state string) error {
		if state != "Act" {
			return nil
		}
		w.before = nil
		for i := range storm - 1 {
			name := fmt.Sprintf("alarm-%d", i)
			r.set(name, flink.AlarmRaised)
			if result, out := r.remediate(r.event(name, "ALARM", dimensionsOf(app))); result.Status != "SUCCEEDED" || out.Check != flink.CheckOnly {
				t.Fatalf("%s: %s, %s: %s", name, result.Status, out.Check, out.Message)
			}
		}
		return nil
	}
	r.set("first", flink.AlarmRaised)
	result, out := r.remediate(r.event("first", "ALARM", dimensionsOf(app)))
	if result.Status != "SUCCEEDED" || out.Outcome != flink.IncidentHelped {
		t.Errorf("%s, %s: %s", result.Status, out.Outcome, out.Message)
	}
	ids, err := w.ledger.Incidents(t.Context(), app, 2*storm)
	must(t, err)
	record, err := w.ledger.Incident(t.Context(), app, out.ID)
	must(t, err)
	if len(ids) != storm || record.Joined != storm-1 || len(record.Steps) != 1 || len(r.asks()[app]) != 1 {
		t.Errorf("%d records, %d joined, %d steps, asked for %v", len(ids), record.Joined, len(record.Steps), r.asks())
	}
}

// TestAlarmsThatGoOffAtOnceOpenOneIncident: 200 invocations race for the ledger.
func TestAlarmsThatGoOffAtOnceOpenOneIncident(t *testing.T) {
	w := newWorld(t)
	r := w.remediating()
	r.ailing()
	var mu sync.Mutex
	var wg sync.WaitGroup
	decided := map[task.Decision]int{}
	var inputs [][]byte
	for i := range storm {
		name := fmt.Sprintf("alarm-%d", i)
		r.set(name, flink.AlarmRaised)
		input, err := json.Marshal(task.Remediation{Event: r.event(name, "ALARM", dimensionsOf(app)), Execution: "arn:" + name, Started: w.clock.Now()})
		must(t, err)
		inputs = append(inputs, input)
	}
	for _, input := range inputs { // all alarms are raised by now: their states are read without a lock
		wg.Go(func() {
			for {
				raw, err := w.handlers["diagnose"](t.Context(), input)
				if flink.CodeOf(err) == flink.Conflict { // the machine tries again
					continue
				}
				var out task.Remediation
				if err == nil {
					err = json.Unmarshal(raw, &out)
				}
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				decided[out.Decision]++
				return
			}
		})
	}
	wg.Wait()
	d, _, err := w.ledger.Document(t.Context(), app)
	must(t, err)
	ids, err := w.ledger.Incidents(t.Context(), app, 2*storm)
	must(t, err)
	if decided[task.ToAct] != 1 || decided[task.ToSucceeded] != storm-1 || d.Incident.Joined != storm-1 || len(ids) != storm-1 {
		t.Errorf("decided %v, joined %d, %d records", decided, d.Incident.Joined, len(ids))
	}
}

// TestAStormOfManyApplicationsMakesOneRepairEach: one alarm of each of 200
// applications goes off at once.
func TestAStormOfManyApplicationsMakesOneRepairEach(t *testing.T) {
	w := newWorld(t)
	r := w.remediating()
	var wg sync.WaitGroup
	var mu sync.Mutex
	acting := []task.Remediation{}
	var names []string
	var inputs [][]byte
	for i := range storm {
		a := flink.Application{Namespace: "team-a", Name: fmt.Sprintf("app-%d", i)}
		r.plant(a)
		name := "restarts-" + a.Name
		r.set(name, flink.AlarmRaised)
		input, err := json.Marshal(task.Remediation{Event: r.event(name, "ALARM", dimensionsOf(a)), Execution: "arn:" + name, Started: w.clock.Now()})
		must(t, err)
		names, inputs = append(names, name), append(inputs, input)
	}
	for i, name := range names {
		wg.Go(func() {
			raw, err := w.handlers["diagnose"](t.Context(), inputs[i])
			var out task.Remediation
			if err == nil {
				err = json.Unmarshal(raw, &out)
			}
			mu.Lock()
			defer mu.Unlock()
			if err != nil || out.Decision != task.ToAct {
				t.Errorf("%s: %s, %v", name, out.Decision, err)
			}
			acting = append(acting, out)
		})
	}
	wg.Wait()
	for _, in := range acting {
		for range 2 { // a function that dies is called again
			input, err := json.Marshal(in)
			must(t, err)
			_, err = w.handlers["act"](t.Context(), input)
			must(t, err)
		}
	}
	asks := r.asks()
	for a, requests := range asks {
		if len(requests) != 1 {
			t.Errorf("%s is to be repaired %d times", a, len(requests))
		}
	}
	if len(asks) != storm {
		t.Errorf("%d of %d applications are repaired", len(asks), storm)
	}
}

// plant has the ledger know an application whose resource is gone.
func (r *remediating) plant(a flink.Application) { r.plantWith(a, "steps: [Restart, Escalate]") }

func (r *remediating) plantWith(a flink.Application, remediation string) {
	w := r.world
	manifest := strings.ReplaceAll(strings.ReplaceAll(manifestYAML, app.String(), a.String()), app.Name, a.Name)
	w.artifacts.Put(artifactBucket, a.ManifestKey(), []byte(manifest+"  remediation: {"+remediation+"}\n"), w.clock.Now())
	_, err := ledger.Update(w.t.Context(), w.ledger, a, func(d *ledger.Document) error { d.Current = "0123456789ab"; return nil })
	must(w.t, err)
	must(w.t, w.ledger.WriteRevision(w.t.Context(), a, flink.Revision{ID: "0123456789ab"}))
}
