package task

import (
	"context"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// wanted is what a change is to bring about.
type wanted struct {
	revision flink.Revision
	policy   flink.Policy
	notes    []string
	fault    flink.Reason // of an Invalid error
}

// wanted finds the revision that is to run and the policy it is judged by.
func (t Tasks) wanted(ctx context.Context, r *Release, d ledger.Document, o flink.Observation, running flink.Revision) (wanted, error) {
	if r.Change.Kind == flink.Upgrade {
		return t.uploaded(ctx, r, d)
	}
	if r.Change.Kind == flink.Fork {
		return t.forked(ctx, r, d, o)
	}
	w := wanted{fault: flink.RequestInvalid, revision: running}
	w.policy, w.notes = t.policyOf(ctx, r.Application)
	var err error
	switch r.Change.Kind {
	case flink.Rollback:
		w.revision, err = t.goodBefore(ctx, r, d)
	case flink.Redeploy:
		w.revision, err = t.redeployed(ctx, r, d, running)
	case flink.Scale:
		w.revision, err = flink.Scaled(running, r.Change.Parallelism)
	case flink.Adopt:
		w.revision, err = flink.NewRevision(o.Spec.Manifest, flink.PinnedJar{})
	default:
		if running.ID == "" && d.Current == "" && d.Suspended != nil {
			w.revision, err = t.Ledger.Revision(ctx, r.Application, d.Suspended.Snapshot.Revision)
		}
	}
	if k := r.Change.Kind; err == nil && (k == flink.Rollback || k == flink.Redeploy) {
		err = ran(d, w.policy, w.revision.ID, running.ID)
	}
	if err != nil || r.Change.DryRun || w.revision.ID == "" || w.revision.ID == running.ID {
		return w, err
	}
	return w, t.Ledger.WriteRevision(ctx, r.Application, w.revision)
}

// uploaded is what an upload is to bring about: the manifest as it is now, and the jar that goes with it.
func (t Tasks) uploaded(ctx context.Context, r *Release, d ledger.Document) (wanted, error) {
	w := wanted{fault: flink.ManifestInvalid}
	m, err := t.readManifest(ctx, r.Application, r.Artifact.Prefix)
	if err != nil {
		return w, err
	}
	w.policy, w.notes, w.fault = m.Policy, m.Notes, flink.JarInvalid
	pinned, err := t.pin(ctx, *r, d, m)
	if err != nil {
		return w, err
	}
	if w.revision, err = flink.NewRevision(m.Resource, pinned); err != nil || r.Change.DryRun {
		return w, err
	}
	return w, t.Ledger.WriteRevision(ctx, r.Application, w.revision)
}

// policyOf is the application's policy. A change that repairs must not fail for
// a manifest that is wrong by now: then the defaults count, and it is said.
func (t Tasks) policyOf(ctx context.Context, app flink.Application) (flink.Policy, []string) {
	m, err := t.readManifest(ctx, app, "")
	if err != nil {
		return flink.DefaultPolicy(), []string{"the policy could not be read, so its defaults count: " + err.Error()}
	}
	return m.Policy, nil
}

// goodBefore is the revision that is named, or the one that was promoted before what runs.
func (t Tasks) goodBefore(ctx context.Context, r *Release, d ledger.Document) (flink.Revision, error) {
	id := r.Change.Revision
	if id == "" {
		id = d.GoodBefore(r.Previous)
	}
	if id == "" {
		return flink.Revision{}, flink.Errorf(flink.Invalid, "find a revision to go back to", "no other revision has been promoted here: sluice releases shows which ran")
	}
	return t.revisionNamed(ctx, r, id)
}

// ran says whether a revision was ever let in. One that was only planned, or
// that somebody said no to, does not come in by another door.
func ran(d ledger.Document, p flink.Policy, id, running string) error {
	if !p.Approval.Required || id == "" || id == running || id == d.Current || id == d.LastGood || id == d.Applied || id == tombstoneRevision(d) {
		return nil
	}
	for _, v := range d.History {
		if v.Revision == id {
			return nil
		}
	}
	return flink.Errorf(flink.Invalid, "run revision "+id, "the policy asks for approval, and this revision has not run here, as far as is remembered: upload it, and it is asked for")
}

func (t Tasks) revisionNamed(ctx context.Context, r *Release, id string) (flink.Revision, error) {
	v, err := t.Ledger.Revision(ctx, r.Application, id)
	if err != nil && flink.CodeOf(err) == flink.NotFound {
		return v, flink.Errorf(flink.Invalid, "find the revision", "%s has no revision %s: sluice releases shows which ran", r.Application, id)
	}
	return v, err
}

// redeployed is the revision that is to start from the chosen state: one that is
// known here, or lies where the application keeps its states.
func (t Tasks) redeployed(ctx context.Context, r *Release, d ledger.Document, running flink.Revision) (flink.Revision, error) {
	v, err := running, error(nil)
	there := running.ID
	if there == d.Applied && d.Current != "" {
		there = d.Current // what is there was never seen to be good
	}
	if id := firstOf(r.Change.Revision, there, d.Applied, d.LastGood, tombstoneRevision(d)); id != running.ID {
		if v, err = t.revisionNamed(ctx, r, id); err != nil {
			return v, err
		}
	}
	if v.ID == "" {
		return v, nil // nothing was ever deployed: the plan says so
	}
	if s := d.Find(r.Change.Snapshot); s != nil {
		r.Change.Snapshot = s.Path // it may be named by its id
		switch op := "redeploy from " + s.Path; {
		case !s.Retiring.IsZero():
			return v, flink.Errorf(flink.Invalid, op, "it is being removed since %s: sluice snapshots %s lists those that stay", s.Retiring.UTC().Format(time.RFC3339), r.Application)
		case s.Verified != nil && !s.Verified.Sound:
			return v, flink.Errorf(flink.Invalid, op, "it was found to be damaged (%s): choose another. If it is all there is, copy it to a directory beside it and start from that", s.Verified.Message)
		}
	}
	switch {
	case knows(d, r.Change.Snapshot):
		return v, nil
	case v.KeepsStateAt(r.Change.Snapshot) || running.KeepsStateAt(r.Change.Snapshot):
		return v, t.keepOfAnother(ctx, r, d)
	}
	return v, flink.Errorf(flink.Invalid, "redeploy from "+r.Change.Snapshot, "no savepoint of this application is known there, and it does not lie where the application keeps its states: sluice snapshots %s lists what is known", r.Application)
}

func knows(d ledger.Document, path string) bool {
	for _, s := range d.Snapshots {
		if flink.SamePath(s.Path, path) {
			return true
		}
	}
	if d.ForkedFrom != nil && flink.SamePath(d.ForkedFrom.Snapshot, path) {
		return true
	}
	return d.Deleted != nil && d.Deleted.Snapshot != nil && flink.SamePath(d.Deleted.Snapshot.Path, path)
}

func tombstoneRevision(d ledger.Document) string {
	if d.Deleted == nil {
		return ""
	}
	return d.Deleted.Revision
}

func firstOf(names ...string) string {
	for _, n := range names {
		if n != "" {
			return n
		}
	}
	return ""
}
