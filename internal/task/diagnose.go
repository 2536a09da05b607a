package task

import (
	"context"
	"errors"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Diagnose finds out whose an alarm is, opens an incident for it or joins the one
// that is open, and decides what is done next. It is asked again after every
// repair and every wait; an alarm that stays raised tells nobody of it.
func (t Tasks) Diagnose(ctx context.Context, r Remediation) (Remediation, error) {
	if r.ID == "" {
		r.Decision = ""
		if err := t.receive(ctx, &r); err != nil || r.Decision != "" {
			return r, err
		}
	}
	d, err := t.holdIncident(ctx, &r)
	if err != nil {
		return r, err
	}
	if d.Incident.Pending() != nil { // a holder before this one died after it had asked for a change
		r.Decision = ToFollow
		return r, nil
	}
	c, err := t.gatherCase(ctx, r, d)
	if err != nil {
		return r, err
	}
	return t.actDiagnosis(ctx, r, d, flink.Diagnose(c))
}

// holdIncident renews the incident, or fails with LeaseLost. Every step begins with it.
func (t Tasks) holdIncident(ctx context.Context, r *Remediation) (ledger.Document, error) {
	return t.updateIncident(ctx, r, func(*ledger.Document) error { return nil })
}

func (t Tasks) updateIncident(ctx context.Context, r *Remediation, change func(*ledger.Document) error) (ledger.Document, error) {
	return ledger.Update(ctx, t.Ledger, r.Application, func(d *ledger.Document) error {
		if err := d.Hold(r.ID, r.Execution, t.Clock.Now(), incidentTerm); err != nil {
			return err
		}
		return change(d)
	})
}

// gatherCase reads everything that a diagnosis is made from.
func (t Tasks) gatherCase(ctx context.Context, r Remediation, d ledger.Document) (flink.Case, error) {
	now, i := t.Clock.Now(), d.Incident
	c := flink.Case{Now: now, Opened: i.Opened, Symptom: i.Alarms[0].At, Tried: tried(i.Steps, i.ID, true), Before: tried(d.Repairs, i.ID, false), InFlight: inFlight(d, now)}
	policy, err := t.readManifest(ctx, r.Application, "")
	if err != nil {
		return c, err
	}
	c.Policy = policy.Policy.Remediation
	if c.Observation, err = t.Target.Observe(ctx, r.Application); err != nil {
		return c, err
	}
	c.Alarms = t.alarmsNow(ctx, i.Alarms, now)
	running := firstOf(c.Observation.Spec.Revision, d.Current, d.Applied)
	if running == "" { // deleted since, or a first version that failed and was taken away
		c.Gone = firstOf(deletedHow(d), "nothing is deployed under that name any more")
		return c, nil
	}
	if c.Running, err = t.Ledger.Revision(ctx, r.Application, running); err != nil {
		return c, err
	}
	c.GoodBefore = d.GoodBefore(running)
	if c.Released, err = t.releasedBy(ctx, r.Application, running, now.Add(-c.Policy.RollbackWindow)); err != nil {
		return c, err
	}
	return c, nil
}

// tried are the repairs of that incident, or of all others.
func tried(repairs []ledger.Repair, incident string, its bool) []flink.Tried {
	var all []flink.Tried
	for _, s := range repairs {
		if (s.Incident == incident) == its {
			all = append(all, flink.Tried{Step: s.Step, At: s.At, Release: s.Release, Ended: s.Ended, Outcome: s.Outcome, Reason: s.Reason, Message: s.Message})
		}
	}
	return all
}

// inFlight is the release that changes the application. A rotation gives way to
// whatever is to be changed, and who held a lease that has run out is dead.
func inFlight(d ledger.Document, now time.Time) string {
	if !d.Held(now) || d.Lease.For != ledger.ForRelease {
		return ""
	}
	return "release " + d.Lease.Release + " is in flight"
}

// lookedBack bounds how many records are read for the release that brought what runs.
const lookedBack = 20

// releasedBy finds the release that brought the revision that runs, if it ended
// after that moment; nil when none did. What went back, or gave the version
// another parallelism, brought none.
func (t Tasks) releasedBy(ctx context.Context, app flink.Application, running string, after time.Time) (*flink.Ended, error) {
	ids, err := t.Ledger.Records(ctx, app, lookedBack)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		record, err := t.Ledger.Record(ctx, app, id)
		if err != nil {
			return nil, err
		}
		if record.Reason != flink.Released || record.Revision != running || record.Previous == running || !brings(record.Change) {
			continue
		}
		if !record.Ended.After(after) {
			return nil, nil
		}
		return &flink.Ended{ID: record.ID, At: record.Ended, Running: record.RunningAt}, nil
	}
	return nil, nil
}

func brings(c *flink.Change) bool {
	return c == nil || c.Kind == flink.Upgrade || c.Kind == flink.Redeploy
}

// errJoinedSince: an alarm joined the incident after it had been looked at.
var errJoinedSince = errors.New("joined since")

func (t Tasks) actDiagnosis(ctx context.Context, r Remediation, d ledger.Document, diagnosis flink.Diagnosis) (Remediation, error) {
	now := t.Clock.Now()
	diagnosis.Message = flink.Foreign(diagnosis.Message, flink.MaxSentence/2)
	for i, why := range diagnosis.Passed {
		diagnosis.Passed[i] = line(why)
	}
	r.Diagnosis = diagnosis
	r.note(now, "Diagnose", string(diagnosis.Action)+" "+string(diagnosis.Step)+" ("+string(diagnosis.Check)+"): "+diagnosis.Message)
	switch diagnosis.Action {
	case flink.DoAct:
		r.Decision = ToAct
	case flink.DoWait:
		r.Decision, r.Seconds = ToRecheck, max(1, int64((diagnosis.Until.Sub(now)+time.Second-1)/time.Second))
	case flink.DoClose:
		return r, t.closeIncident(ctx, &r, d)
	default:
		r.Decision = ToEscalate
	}
	return r, nil
}

// closeIncident ends it without calling anybody. The record is written before
// the ledger is: should an alarm have joined in between, the incident goes on,
// and its own end takes this one's place.
func (t Tasks) closeIncident(ctx context.Context, r *Remediation, seen ledger.Document) error {
	now, i := t.Clock.Now(), seen.Incident
	r.end(r.Diagnosis.Outcome, r.Diagnosis.Check, r.Diagnosis.Message)
	if n := len(i.Steps); n > 0 && r.Outcome == flink.IncidentHelped {
		i.Steps[n-1].Helped = true
	}
	if err := t.Ledger.WriteIncident(ctx, r.record(now, i)); err != nil {
		return err
	}
	_, err := t.updateIncident(ctx, r, func(d *ledger.Document) error {
		if d.Incident.Joined != i.Joined {
			return errJoinedSince
		}
		for _, s := range i.Steps {
			d.DidRepair(s)
		}
		d.Incident = nil
		return nil
	})
	if errors.Is(err, errJoinedSince) {
		r.Decision, r.Outcome, r.Seconds = ToRecheck, "", 1
		return nil
	}
	return err
}
