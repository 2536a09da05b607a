package task

import (
	"context"
	"slices"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
)

// savepointPatience is how long a savepoint may take: as long as Flink's own
// timeout of a checkpoint by default is ten minutes, and large state takes more.
const savepointPatience = time.Hour

// RotateSavepoint takes a savepoint of a job that is well, under a lease of its
// own, and gives way at once to a change that waits. The request's id follows
// from the rotation, so that a repeat finds the same savepoint.
func (t Tasks) RotateSavepoint(ctx context.Context, r Rotation) (Rotation, error) {
	if r.Fence == 0 {
		f, err := t.gatherRotation(ctx, &r)
		if err != nil {
			return r, err
		}
		if begin := f.decide(&r); !begin {
			return r, nil
		}
		if err := t.begin(ctx, &r, f); err != nil || r.Decision != ToRotateSavepoint {
			return r, err
		}
	}
	return t.takeRotation(ctx, r)
}

// rotation is what the beginning of a rotation is decided from.
type rotation struct {
	now         time.Time
	document    ledger.Document
	policy      flink.Policy
	manifest    error    // what is wrong with the manifest
	directories []string // that may have something to retire
	running     flink.Revision
	observation flink.Observation
	unobserved  error
}

func (t Tasks) gatherRotation(ctx context.Context, r *Rotation) (f rotation, err error) {
	f.now = t.Clock.Now()
	if r.Started.IsZero() {
		r.Started = f.now
	}
	if f.document, _, err = t.Ledger.Document(ctx, r.Application); err != nil {
		return f, err
	}
	m, err := t.readManifest(ctx, r.Application, "")
	switch {
	case err != nil && flink.CodeOf(err) == flink.Unavailable:
		return f, err
	case err != nil:
		f.manifest = err
		f.directories, err = t.outlivedDirectories(ctx, &f.document, nothingByAge)
		return f, err
	}
	f.policy = m.Policy
	if f.directories, err = t.outlivedDirectories(ctx, &f.document, f.policy.Snapshots); err != nil {
		return f, err
	}
	if id := f.document.Current; id != "" {
		if f.running, err = t.Ledger.Revision(ctx, r.Application, id); err != nil {
			return f, unless(flink.NotFound, err)
		}
	}
	f.observation, f.unobserved = t.Target.Observe(ctx, r.Application)
	return f, nil
}

// decide says whether the rotation begins; if not, it is ignored, or ends with
// the reason that it was skipped for.
func (f rotation) decide(r *Rotation) bool {
	d := &f.document
	r.Policy = f.policy.Snapshots
	r.Decision = Ignore // nothing to record: a tick that came twice, or late
	asked := r.ByHand
	if f.manifest != nil {
		r.Policy, asked = nothingByAge, false
	}
	due := flink.DecideDue(timetable(d, r.Policy, f.now, asked, f.directories))
	mine := d.Lease.Of(r.Execution, r.ID)
	r.Due = due.Message
	if f.manifest != nil && !due.Due && !mine {
		r.skip(f.now, unreadable(f.manifest))
		return false
	}
	if !due.Due && !mine || overlaps(d, r, f.now) {
		return false
	}
	if why := hindrance(d, r, f.now); why != "" {
		r.skip(f.now, why)
		return false
	}
	r.Decision, r.Directory = ToRotateSavepoint, f.running.SavepointDirectory()
	if !due.Save && !(mine && tookOne(d, r)) {
		r.Decision = ToRetire
		if f.manifest != nil {
			r.Skipped = unreadable(f.manifest)
		}
		return true
	}
	if why := f.notSavable(); why != "" {
		r.skip(f.now, why)
		return false
	}
	r.Revision, r.JobID = f.observation.Spec.Revision, f.observation.Job.ID
	return true
}

// tookOne tells whether a rotation that is called again has taken its savepoint:
// it is not due for one any more, and has to prove it.
func tookOne(d *ledger.Document, r *Rotation) bool {
	return slices.ContainsFunc(d.Snapshots, func(s flink.Snapshot) bool { return flink.Below(s.Path, r.request().Directory) })
}

func unreadable(manifest error) string { return line("its policy cannot be read: " + manifest.Error()) }

// notSavable is why no savepoint of it can be taken now.
func (f rotation) notSavable() string {
	o := f.observation
	switch why := flink.NotSavable(o); {
	case f.unobserved != nil:
		return "it cannot be seen how the job does: " + f.unobserved.Error()
	case why != "":
		return why
	case f.document.Current != o.Spec.Revision:
		return "revision " + o.Spec.Revision + " runs, and the ledger knows " + f.document.Current
	case f.running.SavepointDirectory() == "":
		return "revision " + f.document.Current + " names no directory for savepoints: write state.savepoints.dir into spec.flinkConfiguration"
	case len(f.document.Snapshots) >= flink.MaxSnapshots:
		return "1000 snapshots of it are known already, and no more are kept track of: write a shorter snapshots.maxAge"
	}
	return ""
}

// begin takes the lease. Whoever wrote the document since it was looked at may
// have made the job another: then that is looked at anew.
func (t Tasks) begin(ctx context.Context, r *Rotation, f rotation) error {
	_, err := ledger.Update(ctx, t.Ledger, r.Application, func(d *ledger.Document) error {
		now := t.Clock.Now()
		if d.Fence != f.document.Fence {
			return flink.Errorf(flink.Conflict, "begin the rotation of "+r.Application.String(), "somebody else has begun something in this moment")
		}
		if why := hindrance(d, r, now); why != "" {
			return flink.Errorf(flink.Conflict, "begin the rotation of "+r.Application.String(), "%s", why)
		}
		if dead := d.Lease; dead != nil && !dead.Of(r.Execution, r.ID) { // hindrance lets only a rotation that has died be taken over
			if err := t.endRotation(ctx, d, "nothing was heard of it any more, and rotation "+r.ID+" took over"); err != nil {
				return err
			}
		}
		fence, err := d.Take(r.Execution, r.ID, now, leaseTerm)
		if err != nil {
			return err
		}
		d.Lease.For, r.Fence = ledger.ForRotation, fence
		return nil
	})
	if err == nil {
		r.note(t.Clock.Now(), "RotateSavepoint", r.Due)
	}
	return err
}

// request is what Flink is asked for. A directory of its own tells whose a
// savepoint is that was not waited for.
func (r *Rotation) request() flink.SnapshotRequest {
	return flink.SnapshotRequest{Application: r.Application, JobID: r.JobID, ID: r.ID, Directory: r.Directory + "/" + r.ID, Fence: r.Fence*stepsOfALease + saveFence}
}

// takeRotation asks for the savepoint and waits for it, for one long poll.
func (t Tasks) takeRotation(ctx context.Context, r Rotation) (Rotation, error) {
	if r.Asked.IsZero() {
		r.Asked = t.Clock.Now()
	}
	if _, _, err := t.keep(ctx, &r, "RotateSavepoint", noChange); err != nil {
		return r, err
	}
	state := flink.SnapshotState{Phase: flink.SnapshotUnknown}
	ended, err := t.poll(ctx, func(ctx context.Context) (bool, error) {
		gone, err := t.givesWay(ctx, &r, "RotateSavepoint")
		if err != nil {
			return false, err
		}
		if gone { // what is done in this moment is not left to be found as a stray
			state, err = t.Target.Snapshot(ctx, r.request())
			return true, unless(flink.CodeOf(err), err)
		}
		if state, err = t.snapshot(ctx, r.request()); err != nil {
			return false, err
		}
		if late := t.Clock.Now().Sub(r.Asked) >= savepointPatience; late && state.Phase == flink.SnapshotPending {
			state = flink.SnapshotState{Phase: flink.SnapshotFailed, Cause: "it did not complete within " + savepointPatience.String()}
		}
		return state.Phase == flink.SnapshotCompleted || state.Phase == flink.SnapshotFailed, nil
	})
	switch code := flink.CodeOf(err); {
	case err != nil && (code == flink.Refused || code == flink.Invalid || code == flink.NotFound):
		r.skip(t.Clock.Now(), "the savepoint was refused: "+err.Error())
		return r, nil
	case err != nil:
		return r, err
	case !ended:
		r.Decision = ToRotateSavepoint
		return r, nil
	}
	return t.tookRotation(ctx, r, state)
}

// tookRotation records the savepoint before anything else is done with it.
func (t Tasks) tookRotation(ctx context.Context, r Rotation, state flink.SnapshotState) (Rotation, error) {
	now := t.Clock.Now()
	switch {
	case state.Phase == flink.SnapshotFailed:
		r.skip(now, "the savepoint failed: "+state.Cause)
		return r, nil
	case state.Phase != flink.SnapshotCompleted: // it gave way
		r.Skipped = "the savepoint was not done when it gave way to " + r.GaveWay + ": what Flink still writes lies below " + r.request().Directory
		return r, nil
	}
	s := flink.Snapshot{Path: state.Path, ID: savepoint.ID(state.Path), Revision: r.Revision, Taken: now, Kind: flink.RotationSnapshot, JobID: r.JobID}
	if s.ID != "" {
		s.Checksums = ledger.ChecksumsKey(r.Application, s.ID)
	}
	_, err := ledger.Update(ctx, t.Ledger, r.Application, func(d *ledger.Document) error {
		d.AddSnapshot(s) // whoever holds the lease by now: the files are there
		return nil
	})
	if err != nil {
		return r, err
	}
	r.Snapshot = &s
	r.note(now, "RotateSavepoint", "savepoint "+baseName(s.Path))
	if r.GaveWay == "" {
		r.Decision = ToVerifySnapshot
	}
	return r, nil
}
