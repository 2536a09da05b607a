package task

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/jar"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/manifest"
)

const (
	maxJar       = 400 << 20        // bytes: a jar has to fit into a function's /tmp
	maxJava      = 17               // newest Java that the Flink images load
	youngEnough  = 10 * time.Minute // a savepoint of the running revision serves as insurance this long
	insuranceTag = "Insurance"
	stopTag      = "Stop"
)

// Prepare checks the jar, pins it by content, renders the manifest and
// computes the plan. Nothing that runs is touched.
func (t Tasks) Prepare(ctx context.Context, r Release) (Release, error) {
	d, err := t.hold(ctx, &r)
	if err != nil {
		return r, err
	}
	m, err := t.readManifest(ctx, r.Application)
	if err != nil {
		return t.rejectWhen(flink.Invalid, r, flink.ManifestInvalid, err)
	}
	pinned, err := t.pin(ctx, r, d, m)
	if err != nil {
		return t.rejectWhen(flink.Invalid, r, flink.JarInvalid, err)
	}
	revision, err := flink.NewRevision(m.Resource, pinned)
	if err != nil {
		return r, err
	}
	if err := t.Ledger.WriteRevision(ctx, r.Application, revision); err != nil {
		return r, err
	}
	o, err := t.Target.Observe(ctx, r.Application)
	if err != nil {
		return r, err
	}
	r.Previous = d.Current
	if o.Spec.Revision != "" {
		r.Previous = o.Spec.Revision // after a release that ended dirty it may be another than the ledger's
	}
	running, err := t.previous(ctx, &r)
	if err != nil {
		return r, err
	}
	r = t.planned(r, d, m, flink.Situation{Revision: revision, Running: running, Observation: o, Current: d.Current})
	if r.Decision == ToSettle {
		return r, nil
	}
	if err := t.checkAnalysis(ctx, r.Policy.Analysis, o, revision); err != nil {
		return t.rejectWhen(flink.Invalid, r, flink.ManifestInvalid, err)
	}
	try := r.desired(revision, flink.Running, r.Plan.Restore, applyStep)
	try.DryRun = true // would the cluster take it? Better to know while the old version runs
	if err := t.Target.Apply(ctx, try); err != nil {
		if flink.CodeOf(err) == flink.Invalid {
			return t.rejectWhen(flink.Invalid, r, flink.ManifestInvalid, err)
		}
		return t.rejectWhen(flink.Refused, r, flink.ManifestInvalid, err)
	}
	return r, nil
}

// desired is what this release asks the target for.
func (r *Release) desired(v flink.Revision, run flink.RunState, restore flink.Restore, step string) flink.Desired {
	return flink.Desired{Application: r.Application, Revision: v, Run: run, Restore: restore,
		Delivery: r.Plan.Delivery, Fence: r.Fence, Release: r.ID, Step: step}
}

// rejectWhen ends the release for an error of that code: it is the user's, and
// says what to do. Any other error is the machine's to retry.
func (t Tasks) rejectWhen(code flink.Code, r Release, why flink.Reason, err error) (Release, error) {
	if flink.CodeOf(err) != code {
		return r, err
	}
	r.note(t.Clock.Now(), "Prepare", err.Error())
	r.end(flink.FailedClean, why, err.Error())
	return r, nil
}

func (t Tasks) planned(r Release, d ledger.Document, m *manifest.Manifest, s flink.Situation) Release {
	now, o := t.Clock.Now(), s.Observation
	r.Insurance = insurance(d, r.Previous, now)
	s.FreshState = r.Insurance != nil
	if d.Down != nil {
		s.Down = &d.Down.Snapshot
	}
	plan := flink.DecidePlan(s)
	r.Revision, r.Jar = s.Revision.ID, s.Revision.Jar.File
	r.Plan, r.Policy, r.Notes = &plan, m.Policy, m.Notes
	r.Before = Before{JobID: o.Job.ID, Started: o.Job.Started, Savepoint: o.Status.Savepoint.Path, Lag: o.Job.Lag}
	r.Decision = Decision(plan.First)
	r.note(now, "Prepare", plan.Message)
	switch plan.Reason {
	case "":
	case flink.AlreadyRunning:
		r.end(flink.Succeeded, plan.Reason, plan.Message)
	default:
		r.end(flink.FailedClean, plan.Reason, plan.Message)
	}
	return r
}

// insurance finds a savepoint of the running revision that is young enough.
func insurance(d ledger.Document, running string, now time.Time) *flink.Snapshot {
	for i := len(d.Snapshots) - 1; i >= 0; i-- {
		s := d.Snapshots[i]
		if s.Revision == running && s.Kind == insuranceTag && now.Sub(s.Taken) < youngEnough {
			return &s
		}
	}
	return nil
}

// pin finds the jar that goes with this change, checks it and copies it to its
// content-addressed key. A changed manifest goes with the jar that runs,
// unless it names another.
func (t Tasks) pin(ctx context.Context, r Release, d ledger.Document, m *manifest.Manifest) (flink.PinnedJar, error) {
	pin := m.Policy.Artifact
	if r.Artifact.Kind == flink.Jar {
		return t.fetch(ctx, r.Artifact.Key, r.Artifact.Version, r.Artifact.File, m)
	}
	if pin != nil && pin.Key != "" {
		return t.fetch(ctx, r.Application.String()+"/"+pin.Key, "", pin.Key, m)
	}
	if d.Current != "" {
		running, err := t.Ledger.Revision(ctx, r.Application, d.Current)
		if err == nil && pin != nil && pin.SHA256 != "" && pin.SHA256 != running.Jar.SHA256 {
			err = flink.Errorf(flink.Invalid, "go on with the jar that runs", "the manifest pins the SHA-256 %s, and %s, which runs, has %s: upload the jar that is pinned", pin.SHA256, running.Jar.File, running.Jar.SHA256)
		}
		return running.Jar, err
	}
	o, err := t.Artifacts.Newest(ctx, t.Config.ArtifactBucket, r.Application.String()+"/", ".jar")
	if err != nil {
		return flink.PinnedJar{}, err
	}
	return t.fetch(ctx, o.Key, o.Version, baseName(o.Key), m)
}

// fetch downloads a jar, hashes and checks it, and pins what was checked.
func (t Tasks) fetch(ctx context.Context, key, version, file string, m *manifest.Manifest) (flink.PinnedJar, error) {
	none := flink.PinnedJar{}
	f, err := os.CreateTemp("", "jar-*")
	if err != nil {
		return none, flink.Errorf(flink.Internal, "make room for the jar", "%w", err)
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	hash := sha256.New()
	if err := t.Artifacts.Download(ctx, t.Config.ArtifactBucket, key, version, io.MultiWriter(f, hash), maxJar); err != nil {
		if flink.CodeOf(err) == flink.NotFound {
			return none, flink.Errorf(flink.Invalid, "fetch the jar", "there is no jar at s3://%s/%s: upload it", t.Config.ArtifactBucket, key)
		}
		return none, err
	}
	sum := hex.EncodeToString(hash.Sum(nil))
	if p := m.Policy.Artifact; p != nil && p.SHA256 != "" && p.SHA256 != sum {
		return none, flink.Errorf(flink.Invalid, "check "+file, "its SHA-256 is %s and the manifest pins %s: upload the jar that was built for this manifest, or pin this one", sum, p.SHA256)
	}
	facts, err := checkJar(f, file, m)
	if err != nil {
		return none, err
	}
	pinned := flink.PinnedJar{Bucket: t.Config.PinBucket, Key: flink.JarKey(sum), SHA256: sum, File: file, EntryClass: facts.EntryClass}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return none, flink.Errorf(flink.Internal, "read the jar again", "%w", err)
	}
	return pinned, t.Artifacts.Pin(ctx, pinned.Bucket, pinned.Key, f)
}

func checkJar(f *os.File, file string, m *manifest.Manifest) (jar.Facts, error) {
	st, err := f.Stat()
	if err != nil {
		return jar.Facts{}, flink.Errorf(flink.Internal, "read the jar", "%w", err)
	}
	facts, err := jar.Check(f, st.Size(), jar.Options{EntryClass: m.EntryClass(), MaxJava: maxJava})
	if err != nil {
		return facts, flink.Errorf(flink.CodeOf(err), "check "+file, "%w", err)
	}
	return facts, nil
}
