package task

import (
	"context"
	"encoding/json"
	"strings"
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
	bucket    string
	release   string
	change    flink.Change
	artifact  flink.Artifact
	ref       ArtifactRef
	known     bool  // an event of a type that is read here
	outside   error // the key, or the request, names no application
	request   error // what is wrong with a change that is asked for
	document  ledger.Document
	object    *Object // newest version of the object; nil when it is gone
	etag      string  // of the version that the event tells of
	policy    flink.Policy
	inImage   bool  // the manifest's jar is in its image
	manifest  error // what is wrong with the manifest
	noJar     bool  // a manifest, and no jar beside it
}

func (t Tasks) gatherAdmission(ctx context.Context, in AdmitInput) (admission, error) {
	f := admission{now: t.Clock.Now(), execution: in.Execution, bucket: t.Config.ArtifactBucket}
	event, err := events.Parse(in.Event)
	if err != nil {
		return f, flink.Errorf(flink.Invalid, "read the event", "%w", err)
	}
	if err := f.read(event); err != nil {
		return f, flink.Errorf(flink.Invalid, "read the event", "%w", err)
	}
	if !f.known || f.outside != nil {
		return f, nil
	}
	if f.document, _, err = t.Ledger.Document(ctx, f.artifact.Application); err != nil || f.change.Kind != flink.Upgrade || f.change.DryRun {
		return f, err
	}
	return f, t.gatherObjects(ctx, &f)
}

// read names what an event asks for, by its type.
func (f *admission) read(event events.Event) error {
	created, known, err := events.ObjectCreated(event)
	if err != nil {
		return err
	}
	if known {
		key := created.Object.Key
		others := strings.HasPrefix(key, events.PlanPrefix) || manifest.IsLayerKey(key)
		if f.known = created.Bucket.Name == f.bucket && !others; f.known {
			f.identify(event, created)
		}
		return nil
	}
	asked, known, err := events.ChangeRequested(event)
	if err != nil {
		return err
	}
	if f.known = known; known {
		f.readRequest(event, asked)
	}
	return nil
}

func (t Tasks) gatherObjects(ctx context.Context, f *admission) error {
	object, err := t.Artifacts.Head(ctx, f.ref.Bucket, f.ref.Key)
	if err != nil {
		return unless(flink.NotFound, err)
	}
	f.object, f.ref.Modified = &object, object.Modified
	m, err := t.readManifest(ctx, f.artifact.Application, "")
	if err != nil {
		f.manifest = err
		return unless(flink.Invalid, err)
	}
	f.policy, f.inImage = m.Policy, m.JarInImage()
	if f.artifact.Kind != flink.Manifest || f.document.Current != "" || f.inImage {
		return nil
	}
	_, err = t.Artifacts.Newest(ctx, f.ref.Bucket, f.artifact.Application.String()+"/", ".jar")
	f.noJar = err != nil && flink.CodeOf(err) == flink.NotFound
	return unless(flink.NotFound, err)
}

// unless lets an error of that code pass as none.
func unless(code flink.Code, err error) error {
	if err != nil && flink.CodeOf(err) == code {
		return nil
	}
	return err
}
