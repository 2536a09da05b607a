package task

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/manifest"
)

// AdmitInput is what the machine hands to Admit.
type AdmitInput struct {
	Event     json.RawMessage `json:"event"`
	Execution string          `json:"execution"`
	Started   time.Time       `json:"started"`
}

// Admit reads the event, the application and the ledger, and decides whether a
// release starts. Whatever a caller put beside the event is gone after it.
func (t Tasks) Admit(ctx context.Context, in AdmitInput) (Release, error) {
	f, err := t.gatherAdmission(ctx, in)
	if err != nil {
		return Release{}, err
	}
	return t.actAdmission(ctx, in, f, decideAdmission(f))
}

// admission is what Admit decides from.
type admission struct {
	now       time.Time
	execution string
	release   string
	artifact  flink.Artifact
	ref       ArtifactRef
	known     bool  // an event of a type that is read here
	outside   error // the key names no application
	document  ledger.Document
	object    *Object // newest version of the object; nil when it is gone
	etag      string  // of the version that the event tells of
	pin       *flink.ArtifactPin
	manifest  error // what is wrong with the manifest
	noJar     bool  // a manifest, and no jar beside it
}

func (t Tasks) gatherAdmission(ctx context.Context, in AdmitInput) (admission, error) {
	f := admission{now: t.Clock.Now(), execution: in.Execution}
	event, err := events.Parse(in.Event)
	if err != nil {
		return f, flink.Errorf(flink.Invalid, "read the event", "%w", err)
	}
	created, known, err := events.ObjectCreated(event)
	if err != nil {
		return f, flink.Errorf(flink.Invalid, "read the event", "%w", err)
	}
	f.known = known && created.Bucket.Name == t.Config.ArtifactBucket
	if !f.known {
		return f, nil
	}
	f.identify(event, created)
	if f.outside != nil {
		return f, nil
	}
	if f.document, _, err = t.Ledger.Document(ctx, f.artifact.Application); err != nil {
		return f, err
	}
	return f, t.gatherObjects(ctx, &f)
}

func (t Tasks) gatherObjects(ctx context.Context, f *admission) error {
	object, err := t.Artifacts.Head(ctx, f.ref.Bucket, f.ref.Key)
	if err != nil {
		return unless(flink.NotFound, err)
	}
	f.object, f.ref.Modified = &object, object.Modified
	m, err := t.readManifest(ctx, f.artifact.Application)
	if err != nil {
		f.manifest = err
		return unless(flink.Invalid, err)
	}
	f.pin = m.Policy.Artifact
	if f.artifact.Kind != flink.Manifest || f.document.Current != "" {
		return nil
	}
	_, err = t.Artifacts.Newest(ctx, f.ref.Bucket, f.artifact.Application.String()+"/", ".jar")
	f.noJar = err != nil && flink.CodeOf(err) == flink.NotFound
	return unless(flink.NotFound, err)
}

// maxManifest is the largest manifest that is read, in bytes.
const maxManifest = 1 << 20

// readManifest reads the application's manifest as it is now. A manifest that
// is missing or wrong is Invalid.
func (t Tasks) readManifest(ctx context.Context, app flink.Application) (*manifest.Manifest, error) {
	key := app.ManifestKey()
	body, err := t.Artifacts.Read(ctx, t.Config.ArtifactBucket, key, "", maxManifest)
	if err != nil && flink.CodeOf(err) == flink.NotFound {
		return nil, flink.Errorf(flink.Invalid, "read the manifest", "there is no manifest at s3://%s/%s: upload the FlinkDeployment there; the jar beside it is then released by itself", t.Config.ArtifactBucket, key)
	}
	if err != nil {
		return nil, err
	}
	m, err := manifest.Parse(body, app, t.Config.Placeholders)
	if err != nil {
		return nil, flink.Errorf(flink.Invalid, "read the manifest s3://"+t.Config.ArtifactBucket+"/"+key, "%w", err)
	}
	return m, nil
}

// decideAdmission says what becomes of an event: Decision, Reason and Message of a Release.
func decideAdmission(f admission) Release {
	switch {
	case !f.known:
		return ignored(flink.NotForUs, "no reader for this event: it is of another type, or of another bucket")
	case f.outside != nil:
		return rejected(flink.KeyOutsideLayout, f.outside)
	case f.document.HasSeen(f.ref.Event) && !f.mine():
		return ignored(flink.Duplicate, "this object version was admitted before: its release is "+f.release)
	case f.object == nil:
		return ignored(flink.Stale, "the object is gone")
	case f.replaced():
		return ignored(flink.Stale, "the object was replaced since: its newest version has an event of its own")
	case f.overtaken():
		return ignored(flink.Stale, "a newer artifact was admitted already: "+f.document.Newest[f.ref.Kind].Key)
	case f.document.Circuit != nil:
		return rejected(flink.CircuitOpen, errors.New("an earlier release ("+f.document.Circuit.Release+") needs somebody to look: "+f.document.Circuit.Message+". When that is done, run: sluice resume "+f.artifact.Application.String()+", then upload again"))
	case f.manifest != nil:
		return rejected(flink.ManifestInvalid, f.manifest)
	case f.artifact.Kind == flink.Jar && f.pin != nil && f.pin.Key != "" && f.pin.Key != f.artifact.File:
		return ignored(flink.NotPinned, "the manifest pins the jar "+f.pin.Key+": this one is released when the manifest names it")
	case f.noJar:
		return ignored(flink.NoJarYet, "the manifest is good, and there is no jar beside it yet: upload one")
	case f.document.Held(f.now) && !f.mine():
		return Release{Decision: Queue, Reason: flink.AfterOthers, Message: "release " + f.document.Lease.Release + " is in flight: this change waits for its end"}
	}
	return Release{Decision: ToPrepare, Message: "admitted"}
}

// mine tells whether this execution holds the lease already (Admit was retried), or was handed it.
func (f admission) mine() bool { return f.document.Lease.Of(f.execution, f.release) }

func (f admission) replaced() bool {
	if f.ref.Version != "" && f.object.Version != "" {
		return f.ref.Version != f.object.Version
	}
	return f.etag != "" && f.object.ETag != "" && f.etag != f.object.ETag
}

// overtaken: jars are ordered among jars, manifests among manifests.
func (f admission) overtaken() bool {
	n, known := f.document.Newest[f.ref.Kind]
	return known && n.Key != f.ref.Key && f.object.Modified.Before(n.Modified)
}

func ignored(why flink.Reason, message string) Release {
	return Release{Decision: Ignore, Reason: why, Message: message}
}

func rejected(why flink.Reason, err error) Release {
	r := Release{}
	r.end(flink.FailedClean, why, err.Error())
	return r
}

// unless lets an error of that code pass as none.
func unless(code flink.Code, err error) error {
	if err != nil && flink.CodeOf(err) == code {
		return nil
	}
	return err
}
