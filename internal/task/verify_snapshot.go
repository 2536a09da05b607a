package task

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
)

// rehearsalWithin is how long a rehearsal may take.
const rehearsalWithin = 10 * time.Minute

// VerifySnapshot keeps the checksums of the savepoint that was taken, proves it,
// and proves the one known savepoint that was not looked at for longest, so that
// each is read again in its turn: storage forgets without saying so.
//
// A rehearsal that one call has begun does not outlive what it is for: it is
// ended by the call that does not go on with it.
func (t Tasks) VerifySnapshot(ctx context.Context, r Rotation) (Rotation, error) {
	if r.Proof == nil || r.Proof.Since.IsZero() {
		return t.verify(ctx, r)
	}
	begun := *r.Proof
	next, err := t.verify(ctx, r)
	if next.goesOnWith(begun, err) {
		return next, err
	}
	if ended := t.endRehearsal(ctx, next); err == nil {
		err = ended
	}
	return next, err
}

// goesOnWith tells whether the next call goes on with a proof.
func (r *Rotation) goesOnWith(p Proof, err error) bool {
	if err != nil {
		c := flink.CodeOf(err)
		return c == flink.Unavailable || c == flink.Conflict // the machine calls again
	}
	return r.Decision == ToVerifySnapshot && r.Proof != nil && r.Proof.Path == p.Path
}

// endRehearsal removes the rotation's throw-away cluster; where there is none it does nothing.
func (t Tasks) endRehearsal(ctx context.Context, r Rotation) error {
	stage, can := rehearser(t.Target)
	if !can {
		return nil
	}
	return stage.EndRehearsal(ctx, flink.Rehearsal{Application: r.Application, ID: r.ID})
}

func (t Tasks) verify(ctx context.Context, r Rotation) (Rotation, error) {
	d, gone, err := t.keep(ctx, &r, "VerifySnapshot", noChange)
	if err != nil || gone {
		return r, err
	}
	if r.Proof == nil {
		if r.Proof = firstProof(&r, &d); r.Proof == nil {
			r.Decision = ToRetire
			return r, nil
		}
	}
	s := d.Snapshot(r.Proof.Path)
	if s == nil { // somebody removed it meanwhile
		r.proven(&d)
		return r, nil
	}
	v, done, err := t.prove(ctx, &r, *s)
	if err != nil || !done {
		if r.GaveWay == "" {
			r.Decision = ToVerifySnapshot
		}
		return r, err
	}
	return t.proved(ctx, r, *s, v)
}

// firstProof is what is proven first; nil when there is nothing to prove.
func firstProof(r *Rotation, d *ledger.Document) *Proof {
	if r.Snapshot != nil {
		return &Proof{Path: r.Snapshot.Path, Taken: true}
	}
	return nextProof(r, d)
}

// nextProof is the snapshot that was not looked at for longest, but for the one
// that was just taken, and those that are known to be damaged.
func nextProof(r *Rotation, d *ledger.Document) *Proof {
	var longest *flink.Snapshot
	looked := func(s *flink.Snapshot) time.Time {
		if s.Verified == nil {
			return time.Time{}
		}
		return s.Verified.At
	}
	for i := range d.Snapshots {
		s := &d.Snapshots[i]
		if !s.Sound() || s.Kind == flink.CheckpointSnapshot || !flink.Below(s.Path, r.Directory) || r.Snapshot != nil && flink.SamePath(s.Path, r.Snapshot.Path) {
			continue
		}
		if longest == nil || looked(s).Before(looked(longest)) {
			longest = s
		}
	}
	if longest == nil {
		return nil
	}
	return &Proof{Path: longest.Path}
}

// prove goes on with the proof, as long as one invocation may take.
func (t Tasks) prove(ctx context.Context, r *Rotation, s flink.Snapshot) (flink.Verification, bool, error) {
	budget := savepoint.Budget{Over: t.untilNeeded(ctx, r)}
	key := checksums(r, s)
	if !r.Proof.Listed && key != "" {
		progress, err := t.Snapshots.Record(ctx, key, s.Path, budget)
		switch code := flink.CodeOf(err); {
		case err != nil && (code == flink.Invalid || code == flink.NotFound): // it is not whole: the proof says of which file
		case err != nil:
			return t.unseen(err)
		case !progress.Done:
			return flink.Verification{}, false, nil
		default:
			r.Proof.Listed = true
		}
	}
	if r.Proof.Taken {
		key = "" // its files were read in this very moment: reading them again would prove nothing
	}
	report, err := t.Snapshots.Verify(ctx, key, s.Path, r.Proof.Report, budget)
	if err != nil {
		return t.unseen(err)
	}
	r.Proof.Report = report
	if !report.Done {
		return flink.Verification{}, false, nil
	}
	if n := len(report.Faults); n > 0 && report.Faults[0].Kind == savepoint.Unsupported {
		return flink.Verification{At: t.Clock.Now(), Message: line(report.Message())}, true, nil
	}
	v := flink.Verification{Kind: flink.VerifyMetadata, At: t.Clock.Now(), Sound: report.Sound(), Message: line(report.Message())}
	if v.Sound && r.Proof.Taken && r.Proof.Listed {
		v.Message = fmt.Sprintf("all %d files are there, with their sizes, and their checksums are kept", report.Files)
	}
	if !v.Sound || !r.Proof.Taken || r.Policy.Verify != flink.VerifyRestore {
		return v, true, nil
	}
	return t.rehearse(ctx, r, s, v)
}

// untilNeeded tells when reading has to stop: at the end of a long poll, or as
// soon as something waits, for which it looks now and then.
func (t Tasks) untilNeeded(ctx context.Context, r *Rotation) func() bool {
	began := t.Clock.Now()
	looked := began
	return func() bool {
		now := t.Clock.Now()
		if now.Sub(looked) >= lookEvery {
			looked = now
			if gone, err := t.givesWay(ctx, r, "VerifySnapshot"); gone || err != nil {
				return true // what is wrong shows when the document is next written
			}
		}
		return now.Sub(began) >= t.Config.LongPoll
	}
}

// lookEvery is how often a rotation that reads looks whether something waits.
const lookEvery = 5 * time.Second

// checksums is the key under which those of a snapshot are kept. What a release
// took has none before it is first looked at.
func checksums(r *Rotation, s flink.Snapshot) string {
	if id := savepoint.ID(s.Path); s.Checksums == "" && id != "" {
		return ledger.ChecksumsKey(r.Application, id)
	}
	return s.Checksums
}

// unseen: nobody knows. What may pass is tried again by the machine; what the
// store refuses is told, and is not held against the savepoint.
func (t Tasks) unseen(err error) (flink.Verification, bool, error) {
	if flink.CodeOf(err) == flink.Refused || flink.CodeOf(err) == flink.Invalid {
		return flink.Verification{At: t.Clock.Now(), Message: line(err.Error())}, true, nil
	}
	return flink.Verification{}, false, err
}

// rehearse has a throw-away JobManager restore it.
func (t Tasks) rehearse(ctx context.Context, r *Rotation, s flink.Snapshot, files flink.Verification) (flink.Verification, bool, error) {
	stage, can := rehearser(t.Target)
	if !can {
		files.Message = line(files.Message + "; this runtime cannot rehearse a restore")
		return files, true, nil
	}
	revision, err := t.Ledger.Revision(ctx, r.Application, s.Revision)
	if err != nil {
		return files, false, err
	}
	rehearsal := flink.Rehearsal{Application: r.Application, ID: r.ID, Revision: revision, Snapshot: s.Path, Within: rehearsalWithin}
	if r.Proof.Since.IsZero() {
		r.Proof.Since = t.Clock.Now()
	}
	verdict, err := t.watchRehearsal(ctx, r, stage, rehearsal)
	if err == nil && verdict.Outcome == flink.RehearsalPending && r.GaveWay == "" {
		return files, false, nil
	}
	if ended := stage.EndRehearsal(ctx, rehearsal); err == nil {
		err = ended
	}
	if err != nil {
		return t.unrehearsed(files, err)
	}
	return rehearsedAs(files, verdict, t.Clock.Now()), true, nil
}

// watchRehearsal starts it and looks at it, for one long poll.
func (t Tasks) watchRehearsal(ctx context.Context, r *Rotation, stage flink.Rehearser, rehearsal flink.Rehearsal) (verdict flink.RehearsalVerdict, err error) {
	if err := stage.StartRehearsal(ctx, rehearsal); err != nil {
		return verdict, err
	}
	_, err = t.poll(ctx, func(ctx context.Context) (bool, error) {
		if gone, err := t.givesWay(ctx, r, "VerifySnapshot"); err != nil || gone {
			return gone, err
		}
		facts, err := stage.LookAtRehearsal(ctx, rehearsal)
		if err != nil {
			return false, unless(flink.Unavailable, err)
		}
		verdict = flink.JudgeRehearsal(rehearsal, facts, t.Clock.Now())
		return verdict.Outcome != flink.RehearsalPending, nil
	})
	if verdict.Outcome == "" {
		verdict.Outcome = flink.RehearsalPending
	}
	return verdict, err
}

// unrehearsed: that it could not be rehearsed is told beside what is known of its files.
func (t Tasks) unrehearsed(files flink.Verification, err error) (flink.Verification, bool, error) {
	if c := flink.CodeOf(err); c != flink.Refused && c != flink.Invalid && c != flink.NotFound {
		return files, false, err
	}
	files.Message = line(files.Message + "; its restore could not be rehearsed: " + err.Error())
	return files, true, nil
}

// rehearsedAs is what a rehearsal adds to what is known of the files.
func rehearsedAs(files flink.Verification, verdict flink.RehearsalVerdict, now time.Time) flink.Verification {
	switch verdict.Outcome {
	case flink.RehearsalProven:
		return flink.Verification{Kind: flink.VerifyRestore, At: now, Sound: true, Message: line(verdict.Message + "; " + files.Message)}
	case flink.RehearsalNotRestorable:
		return flink.Verification{Kind: flink.VerifyRestore, At: now, Message: line(verdict.Message)}
	}
	files.Message = line(files.Message + "; its restore was not seen: " + verdict.Message)
	return files
}

// proved writes down what came of the proof, and names the next.
func (t Tasks) proved(ctx context.Context, r Rotation, s flink.Snapshot, v flink.Verification) (Rotation, error) {
	now := t.Clock.Now()
	size, files := r.Proof.Report.Bytes, r.Proof.Report.Files
	d, gone, err := t.keep(ctx, &r, "VerifySnapshot", func(d *ledger.Document) {
		known := d.Snapshot(s.Path)
		if known == nil || v.Kind == "" {
			return
		}
		carried := v.Carrying(known.Verified)
		known.Verified, known.Size, known.Files = &carried, size, files
		known.ID, known.Checksums = savepoint.ID(s.Path), checksums(&r, s)
	})
	if err != nil || gone {
		return r, err
	}
	r.note(now, "VerifySnapshot", baseName(s.Path)+": "+v.Message)
	if v.Kind != "" && !v.Sound && !slices.ContainsFunc(r.Damaged, func(told string) bool { return strings.HasPrefix(told, s.Path+" ") }) {
		r.Damaged = append(r.Damaged, s.Path+" is no good: "+v.Message)
	}
	if r.Proof.Taken && r.Snapshot != nil {
		if known := d.Snapshot(s.Path); known != nil {
			kept := *known
			r.Snapshot = &kept
		}
	}
	r.proven(&d)
	return r, nil
}

// proven goes on to the next proof, or to Retire: a rotation proves the one it
// took and one other.
func (r *Rotation) proven(d *ledger.Document) {
	r.Decision = ToVerifySnapshot
	if r.Proof.Taken {
		r.Proof = nextProof(r, d)
	} else {
		r.Proof = nil
	}
	if r.Proof == nil {
		r.Decision = ToRetire
	}
}
