package task

import (
	"context"
	"errors"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/redact"
)

// outside is a target whose words are fit to be told: what operator, Flink and
// Kubernetes say enters a release here and nowhere else. Bounds and secrets of
// errors are flink.Error's.
type outside struct{ flink.Target }

// Observe implements flink.Target.
func (o outside) Observe(ctx context.Context, app flink.Application) (flink.Observation, error) {
	seen, err := o.Target.Observe(ctx, app)
	return told(seen), err
}

// Notes implements flink.Noter.
func (o outside) Notes(d flink.Desired) []string {
	if t, ok := o.Target.(flink.Noter); ok {
		return t.Notes(d)
	}
	return nil
}

// Snapshot implements flink.Target.
func (o outside) Snapshot(ctx context.Context, r flink.SnapshotRequest) (flink.SnapshotState, error) {
	s, err := o.Target.Snapshot(ctx, r)
	s.Cause = line(s.Cause)
	if len(s.Path) > flink.MaxAddress {
		return s, flink.Errorf(flink.Refused, "look at a savepoint of "+r.Application.String(), "the savepoint's path has %d bytes, which no store takes: look at the job's state.savepoints.dir", len(s.Path))
	}
	return s, err
}

// Apply implements flink.Target. A refusal may quote what was applied, in any
// form: the manifest's own secrets are looked for by their value.
func (o outside) Apply(ctx context.Context, d flink.Desired) error {
	err := o.Target.Apply(ctx, d)
	if err == nil {
		return nil
	}
	return without(redact.Values(d.Revision.Manifest), err)
}

func without(secrets []string, err error) error {
	e := &flink.Error{Code: flink.CodeOf(err), Err: err}
	var known *flink.Error
	if errors.As(err, &known) {
		e.Op, e.Err = known.Op, known.Err
	}
	text := e.Err.Error()
	clean := redact.Known(text, secrets)
	if clean == text {
		return err
	}
	e.Err = errors.New(clean)
	return e
}

// keptFailures bounds what an observation carries of Flink's exception history.
const keptFailures = 16

// told is an observation with every text bounded and without secrets. Names of
// states are words of the operator's and Flink's, and addresses stay as they are:
// one that is longer than any store takes is none.
func told(o flink.Observation) flink.Observation {
	for _, text := range []*string{
		&o.Spec.UID, &o.Spec.Release, &o.Spec.Step, &o.Spec.Revision, &o.Spec.Owner,
		&o.Status.Reconciliation, &o.Status.Lifecycle, &o.Status.JobManager, &o.Status.JobState,
		&o.Status.Error, &o.Status.SavepointTrigger, &o.Status.PodTrouble,
		&o.Job.Unreachable, &o.Job.ID, &o.Job.Name, &o.Job.State, &o.Job.Lag.Unknown,
	} {
		*text = line(*text)
	}
	for _, place := range []*string{
		&o.Spec.JarURI, &o.Spec.InitialSavepoint, &o.Status.Savepoint.Path, &o.Record.Path, &o.Job.Checkpoints.Latest, &o.Job.Checkpoints.RestoredFrom,
	} {
		*place = address(*place)
	}
	failures := make([]flink.Failure, 0, min(len(o.Job.Failures), keptFailures))
	for _, f := range o.Job.Failures[:cap(failures)] {
		f.Message = line(f.Message)
		failures = append(failures, f)
	}
	o.Job.Failures = failures
	return o
}

// outsideAlarms are alarms whose reasons are fit to be told.
type outsideAlarms struct{ alarms Alarms }

// Alarms implements the port.
func (a outsideAlarms) Alarms(ctx context.Context, names []string) ([]flink.AlarmFacts, error) {
	facts, err := a.alarms.Alarms(ctx, names)
	for i := range facts {
		facts[i].Reason, facts[i].Unread = line(facts[i].Reason), line(facts[i].Unread)
	}
	return facts, err
}

// outsideAlarmDetails are series whose reasons are fit to be told.
type outsideAlarmDetails struct{ AlarmDetails }

// Series implements the port.
func (o outsideAlarmDetails) Series(ctx context.Context, alarm string) (map[string]flink.AlarmFacts, error) {
	found, err := o.AlarmDetails.Series(ctx, alarm)
	for id, f := range found {
		f.Reason = line(f.Reason)
		found[id] = f
	}
	return found, err
}

func line(text string) string { return flink.Foreign(text, flink.MaxLine) }

func address(place string) string {
	if len(place) > flink.MaxAddress {
		return ""
	}
	return place
}
