package task

import (
	"context"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
)

// Retire removes the snapshots that the policy lets go: each is marked first,
// under the lease, then its files are removed, then it is forgotten. Whoever dies
// in between leaves the mark, and the next rotation goes on from there.
func (t Tasks) Retire(ctx context.Context, r Rotation) (Rotation, error) {
	if r.Fence == 0 {
		return r, flink.Errorf(flink.Internal, "retire snapshots of "+r.Application.String(), "the rotation holds no lease")
	}
	began, before := t.Clock.Now(), len(r.Retired)
	h, gone, err := t.gatherHoldings(ctx, &r)
	if err != nil || gone || r.Decision == ToSettleRotation {
		return r, err
	}
	for _, s := range flink.DecideRetention(h) {
		if !s.Retire {
			continue
		}
		if t.Clock.Now().Sub(began) >= t.Config.LongPoll {
			if len(r.Retired) == before { // nothing that it tried may be removed: nor will it be the next time
				break
			}
			r.Decision = ToRetire // the machine calls again
			return r, nil
		}
		if gone, err := t.retire(ctx, &r, h, s); err != nil || gone {
			return r, err
		}
	}
	r.Strays = t.countStrays(ctx, &r)
	r.Decision = ToSettleRotation
	return r, nil
}

// gatherHoldings is what retention is decided from. What cannot be seen might
// refer to anything: then nothing is removed.
func (t Tasks) gatherHoldings(ctx context.Context, r *Rotation) (h flink.Holdings, gone bool, err error) {
	d, gone, err := t.keep(ctx, r, "Retire", noChange)
	if err != nil || gone {
		return h, gone, err
	}
	o, unseen := t.Target.Observe(ctx, r.Application)
	if why := notRetired(&d, o, unseen); why != "" {
		r.note(t.Clock.Now(), "Retire", "nothing is removed: "+why)
		r.Decision = ToSettleRotation
		return h, false, nil
	}
	h = flink.Holdings{Now: t.Clock.Now(), Policy: r.Policy, Snapshots: d.Snapshots, References: References(&d, o), Good: goodRevisions(&d)}
	h.Directories, err = t.directories(ctx, &d, r.Policy, h.Now)
	return h, false, err
}

// notRetired is why nothing may be removed now.
func notRetired(d *ledger.Document, o flink.Observation, unseen error) string {
	switch {
	case unseen != nil:
		return "it cannot be seen what refers to a snapshot: " + unseen.Error()
	case d.Circuit != nil:
		return "somebody has to look at the application first, and may need any of them"
	case o.Exists && o.Spec.Run == flink.Running && !o.Job.Reachable:
		return "Flink does not say which state its job was restored from: " + o.Job.Unreachable
	}
	return ""
}

// directories are where the application's revisions keep their savepoints: those
// of what runs and of what wrote the snapshots.
func (t Tasks) directories(ctx context.Context, d *ledger.Document, policy flink.Snapshots, now time.Time) ([]string, error) {
	ids := map[string]bool{d.Current: true}
	for _, s := range d.Snapshots {
		if now.Sub(s.Taken) > policy.MaxAge || !s.Retiring.IsZero() {
			ids[s.Revision] = true
		}
	}
	delete(ids, "")
	var all []string
	for id := range ids {
		v, err := t.Ledger.Revision(ctx, d.Application, id)
		if err != nil && flink.CodeOf(err) != flink.NotFound {
			return nil, err
		}
		if dir := v.SavepointDirectory(); dir != "" {
			all = append(all, dir)
		}
	}
	return all, nil
}

// retire removes one. That it is still not referred to is asked under the very
// write that marks it.
func (t Tasks) retire(ctx context.Context, r *Rotation, h flink.Holdings, s flink.Retained) (gone bool, err error) {
	path, marked := s.Snapshot.Path, false
	_, gone, err = t.keep(ctx, r, "Retire", func(d *ledger.Document) {
		marked = ReferredTo(d, path) == "" && d.Retiring(path, t.Clock.Now())
	})
	if err != nil || gone || !marked {
		return gone, err
	}
	if removed, err := t.removeFiles(ctx, r, h.Directories, path); err != nil {
		return t.unremoved(ctx, r, s.Snapshot, removed, err)
	}
	_, gone, err = t.keep(ctx, r, "Retire", func(d *ledger.Document) { d.DropSnapshot(path) })
	if err == nil && !gone {
		r.Retired = append(r.Retired, ledger.Gone{Path: path, Why: s.Message})
		r.note(t.Clock.Now(), "Retire", baseName(path)+": "+s.Message)
	}
	return gone, err
}

// unremoved: one that may not be removed is told of, holds up no other, and is
// as good as before.
func (t Tasks) unremoved(ctx context.Context, r *Rotation, s flink.Snapshot, removed savepoint.Removal, why error) (gone bool, err error) {
	if !MayNotBeRemoved(why) {
		return false, why
	}
	r.note(t.Clock.Now(), "Retire", baseName(s.Path)+" could not be removed: "+why.Error())
	if !Untouched(s, removed) {
		return false, nil
	}
	_, gone, err = t.keep(ctx, r, "Retire", func(d *ledger.Document) { d.Spare(s.Path) })
	return gone, err
}

// MayNotBeRemoved tells whether a savepoint's removal failed for good: trying
// again changes nothing.
func MayNotBeRemoved(err error) bool {
	c := flink.CodeOf(err)
	return err != nil && (c == flink.Refused || c == flink.Invalid)
}

// Untouched tells whether a savepoint whose removal was refused is as whole as it
// was: then the mark is taken back. s is as it was before it was marked. One that
// was marked before may have been half removed then, unless it is seen to be there.
func Untouched(s flink.Snapshot, removed savepoint.Removal) bool {
	return removed.Whole || s.Retiring.IsZero() && removed.Files == 0
}

// removeFiles removes a savepoint's files below the directory it lies in.
func (t Tasks) removeFiles(ctx context.Context, r *Rotation, directories []string, path string) (savepoint.Removal, error) {
	for _, dir := range directories {
		if flink.Below(path, dir) {
			return t.Snapshots.Remove(ctx, dir, path)
		}
	}
	return savepoint.Removal{}, flink.Errorf(flink.Internal, "remove "+path, "it lies in none of the directories of %s", r.Application)
}

// mostSurveyed is how many objects a rotation looks at for strays: a hundred
// requests, some ten seconds. A savepoint of a terabyte has a fifth of that.
const mostSurveyed = 100_000

// countStrays counts the savepoints in the directory that nobody knows of. That
// they cannot be counted is told, and stops nothing. Where applications share a
// directory only all of their ledgers together know what a stray is, and every
// rotation would read the savepoints of all: it ends at the first of another.
func (t Tasks) countStrays(ctx context.Context, r *Rotation) int {
	if r.Directory == "" {
		return 0
	}
	d, _, err := t.Ledger.Document(ctx, r.Application)
	if err != nil {
		return 0
	}
	search := savepoint.Search{Most: mostSurveyed, Others: rotationOfAnother(r.Application)}
	for _, s := range d.Snapshots {
		search.Known = append(search.Known, s.Path)
	}
	survey, err := t.Snapshots.Strays(ctx, r.Directory, search)
	if said := surveyed(r, survey, err); said != "" {
		r.note(t.Clock.Now(), "Retire", said)
	}
	return len(survey.Strays)
}

// surveyed words what there is to say of a survey.
func surveyed(r *Rotation, s savepoint.Survey, err error) string {
	list := "sluice snapshots " + r.Application.String()
	switch {
	case err != nil:
		return "the savepoint directory could not be surveyed: " + err.Error()
	case s.Shared:
		return "other applications keep savepoints in " + r.Directory + " too: " + list + " finds what nobody knows of"
	case len(s.Strays) > 0:
		return s.Strays[0].Path + " is known to nobody: " + list + " lists such strays"
	case s.Partial:
		return "there is more in " + r.Directory + " than a rotation looks at: " + list + " finds what nobody knows of"
	}
	return ""
}
