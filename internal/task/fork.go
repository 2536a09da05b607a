package task

import (
	"context"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// forked is another application's revision as one of this name, and the policy
// it is judged by: the manifest below the new prefix where there is one, else
// the other's with its name changed. The snapshot is kept for it from here on.
func (t Tasks) forked(ctx context.Context, r *Release, d ledger.Document, o flink.Observation) (wanted, error) {
	w := wanted{fault: flink.RequestInvalid}
	source := sourceOf(r.Change)
	from, _, err := t.Ledger.Document(ctx, source)
	if err != nil {
		return w, err
	}
	s, err := snapshotOf(from, r.Change.Snapshot)
	if err != nil {
		return w, err
	}
	was, err := t.revisionToFork(ctx, r, source, from, s)
	if err != nil {
		return w, err
	}
	if r.Change.Snapshot = s.Path; !knows(from, s.Path) && !was.KeepsStateAt(s.Path) {
		return w, flink.Errorf(flink.Invalid, "fork "+source.String(), "no savepoint of it is known at %s, and it does not keep its states there: sluice snapshots %s lists what is known", s.Path, source)
	}
	taken := o.Exists || d.Current != "" || d.Applied != "" || d.Deleted != nil // the plan will say so
	if err := t.renamed(ctx, r, source, was, &w); err != nil {
		return w, err
	}
	if warning := flink.SharedSinks(w.revision, source); warning != "" {
		w.notes = append(w.notes, warning)
	}
	if r.Change.DryRun || taken {
		return w, nil
	}
	if err := t.keepForFork(ctx, r, source, d.ForkedFrom); err != nil {
		return w, err
	}
	return w, t.Ledger.WriteRevision(ctx, r.Application, w.revision)
}

func sourceOf(c flink.Change) flink.Application {
	namespace, name, _ := strings.Cut(c.Source, "/")
	return flink.Application{Namespace: namespace, Name: name}
}

// snapshotOf finds a snapshot by its id or path. One that the ledger does not
// know is taken for a path.
func snapshotOf(d ledger.Document, named string) (flink.Snapshot, error) {
	s := d.Find(named)
	switch op := "start from a savepoint of " + d.Application.String(); {
	case s == nil:
		return flink.Snapshot{Path: named}, nil
	case !s.Retiring.IsZero():
		return *s, flink.Errorf(flink.Invalid, op, "the snapshot %s is being removed: choose another", named)
	case s.Verified != nil && !s.Verified.Sound:
		return *s, flink.Errorf(flink.Invalid, op, "the snapshot %s was found to be damaged (%s): choose another", named, s.Verified.Message)
	}
	return *s, nil
}

// revisionToFork is the one that is asked for, else the one that wrote the
// snapshot, else what runs.
func (t Tasks) revisionToFork(ctx context.Context, r *Release, source flink.Application, d ledger.Document, s flink.Snapshot) (flink.Revision, error) {
	id := firstOf(r.Change.Revision, s.Revision, d.Current, d.LastGood, tombstoneRevision(d))
	if id == "" {
		return flink.Revision{}, flink.Errorf(flink.Invalid, "fork "+source.String(), "nothing was ever deployed there: sluice status shows what there is")
	}
	v, err := t.Ledger.Revision(ctx, source, id)
	if err != nil && flink.CodeOf(err) == flink.NotFound {
		return v, flink.Errorf(flink.Invalid, "fork "+source.String(), "it has no revision %s: sluice releases shows which ran", id)
	}
	return v, err
}

// renamed fills in what is to run, and by which policy.
func (t Tasks) renamed(ctx context.Context, r *Release, source flink.Application, was flink.Revision, w *wanted) error {
	_, _, err := t.manifestText(ctx, r.Application, "")
	if flink.CodeOf(err) == flink.Invalid { // there is none below the new prefix
		w.policy, w.notes = t.policyOf(ctx, source)
		var changed []string
		w.revision, changed, err = flink.Forked(was, source, r.Application)
		w.notes = append(append(w.notes, changed...), "there is no application.yaml below "+r.Application.String()+"/: that of "+source.String()+" counts, with the name changed. Upload one there before you release into the fork")
		return err
	}
	if err != nil {
		return err
	}
	m, err := t.readManifest(ctx, r.Application, "")
	if err != nil {
		return err
	}
	w.policy, w.notes = m.Policy, m.Notes
	if w.revision, err = flink.NewRevision(m.Resource, was.Jar); err != nil {
		return err
	}
	return flink.Apart(was, w.revision)
}

// keepForFork writes the fork into both documents: its own first, so that
// whatever ends it knows what to let go. A snapshot that is being removed by now
// is refused; what a fork of this name that died had kept is let go.
func (t Tasks) keepForFork(ctx context.Context, r *Release, source flink.Application, before *ledger.Fork) error {
	if before != nil && before.Release != r.ID {
		if err := t.letGoOf(ctx, r.Application, *before); err != nil {
			return err
		}
	}
	side := ledger.Fork{Application: source, Snapshot: r.Change.Snapshot, Release: r.ID}
	if _, err := t.update(ctx, r, func(d *ledger.Document) error { d.ForkedFrom = &side; return nil }); err != nil {
		return err
	}
	_, err := ledger.Update(ctx, t.Ledger, source, func(d *ledger.Document) error {
		if _, err := snapshotOf(*d, r.Change.Snapshot); err != nil {
			return err
		}
		d.KeepFor(ledger.Fork{Application: r.Application, Snapshot: r.Change.Snapshot, Release: r.ID})
		return nil
	})
	return err
}

// keepOfAnother has the snapshot that a redeployment names kept as for a fork
// where another application has taken it: they share a directory, and that one's
// retention knows only its own references.
func (t Tasks) keepOfAnother(ctx context.Context, r *Release, d ledger.Document) error {
	if r.Change.DryRun {
		return nil
	}
	owner, err := t.takerOf(ctx, r.Application, r.Change.Snapshot)
	if err != nil || owner == (flink.Application{}) {
		return err
	}
	return t.keepForFork(ctx, r, owner, d.ForkedFrom)
}

// takerOf is the other application whose ledger knows a snapshot; the zero one when none does.
func (t Tasks) takerOf(ctx context.Context, other flink.Application, path string) (owner flink.Application, err error) {
	apps, err := t.Ledger.Applications(ctx)
	if err != nil {
		return owner, err
	}
	knows := make([]bool, len(apps))
	err = each(len(apps), listWidth, func(i int) error {
		d, _, err := t.Ledger.Document(ctx, apps[i])
		knows[i] = err == nil && apps[i] != other && d.Snapshot(path) != nil
		return unless(flink.Internal, err) // one that is damaged knows nothing
	})
	if n := slices.Index(knows, true); err == nil && n >= 0 {
		owner = apps[n]
	}
	return owner, err
}

// letGo gives the snapshot that a fork began with back to the application it
// was taken of, once nothing of the fork's can need it any more.
func (t Tasks) letGo(ctx context.Context, r Release, d ledger.Document) error {
	f := d.ForkedFrom
	if f == nil || f.Release > r.ID || needsFork(r, d) { // ids sort by time: a later fork is not this release's to end
		return nil
	}
	if err := t.letGoOf(ctx, r.Application, *f); err != nil {
		return err
	}
	_, err := ledger.Update(ctx, t.Ledger, r.Application, func(d *ledger.Document) error {
		if d.ForkedFrom != nil && d.ForkedFrom.Release == f.Release {
			d.ForkedFrom = nil
		}
		return nil
	})
	return err
}

// letGoOf takes a fork out of the document of the application it was made of.
func (t Tasks) letGoOf(ctx context.Context, app flink.Application, f ledger.Fork) error {
	_, err := ledger.Update(ctx, t.Ledger, f.Application, func(d *ledger.Document) error {
		d.LetGo(ledger.Fork{Application: app, Release: f.Release})
		return nil
	})
	return err
}

// needsFork: the job that runs may be started from the snapshot again, until a
// later release has had it restored from another state. One that ended
// uncleanly tells nothing.
func needsFork(r Release, d ledger.Document) bool {
	switch {
	case d.Current == "" && d.Applied == "":
		return false
	case r.Outcome != flink.Succeeded || r.Plan == nil || r.Plan.InPlace:
		return true
	}
	return r.Reason != flink.Released || flink.SamePath(r.Restore.Path, d.ForkedFrom.Snapshot)
}
