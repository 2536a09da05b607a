package task

import (
	"context"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

const (
	// begunWithin is how long a change that was asked for may be nobody's: longer
	// than the release machine tries to admit it.
	begunWithin = leaseTerm + 10*time.Minute
	// followedFor bounds how long its record is waited for, whoever has it.
	followedFor = 6 * time.Hour
)

// Follow waits for the record of the release that a step asked for. It is not
// started as a part of this execution: whose end would end it half-way.
func (t Tasks) Follow(ctx context.Context, r Remediation) (Remediation, error) {
	d, err := t.holdIncident(ctx, &r)
	if err != nil {
		return r, err
	}
	step := d.Incident.Pending()
	if step == nil {
		r.Decision = ToDiagnose
		return r, nil
	}
	var record ledger.Record
	t.Config.FirstPoll = 0
	done, err := t.poll(ctx, func(ctx context.Context) (bool, error) {
		record, err = t.Ledger.Record(ctx, r.Application, step.Release)
		return err == nil, unless(flink.NotFound, err)
	})
	if err != nil {
		return r, err
	}
	if !done {
		return t.stillFollowing(ctx, r, *step)
	}
	step.Ended, step.Outcome, step.Reason, step.Message = record.Ended, record.Outcome, record.Reason, line(record.Message)
	return t.followed(ctx, r, *step)
}

// stillFollowing goes on waiting, unless nobody has the change any more.
func (t Tasks) stillFollowing(ctx context.Context, r Remediation, step ledger.Repair) (Remediation, error) {
	d, _, err := t.Ledger.Document(ctx, r.Application)
	if err != nil {
		return r, err
	}
	if why := lostTrack(d, step, t.Clock.Now()); why != "" {
		step.Ended, step.Outcome, step.Reason, step.Message = t.Clock.Now(), flink.FailedDirty, flink.StepFailed, why
		return t.followed(ctx, r, step)
	}
	r.Decision = ToFollow
	return r, nil
}

// lostTrack says that a change which was asked for is nobody's any more; empty
// while somebody has it.
func lostTrack(d ledger.Document, step ledger.Repair, now time.Time) string {
	asked := now.Sub(step.At)
	has := d.Lease != nil && d.Lease.Release == step.Release || d.Pending != nil && d.Pending.ID == step.Release || d.IsParked(step.Release)
	switch {
	case asked >= followedFor:
		return "release " + step.Release + " has not ended for " + followedFor.String()
	case !has && asked >= begunWithin:
		return "release " + step.Release + " was asked for, and nobody has begun it: look at the executions of the release machine"
	}
	return ""
}

// followed writes down how the release ended.
func (t Tasks) followed(ctx context.Context, r Remediation, step ledger.Repair) (Remediation, error) {
	_, err := t.updateIncident(ctx, &r, func(d *ledger.Document) error { d.DidRepair(step); return nil })
	if err != nil {
		return r, err
	}
	r.note(t.Clock.Now(), "Follow", string(step.Step)+" ended "+string(step.Outcome)+": "+step.Message)
	r.Decision = ToDiagnose
	return r, nil
}
