//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/eks"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/local/demo/laptop"
)

var counter = flink.Application{Namespace: "flink-team-a-ns", Name: "counter"}

// installation is a running one and what is needed to look at it.
type installation struct {
	*laptop.Laptop
	t       *testing.T
	objects *s3.Client
	target  flink.Target
	ledger  ledger.Store

	uploaded time.Time // newest upload
}

func start(t *testing.T) *installation {
	t.Helper()
	l, err := laptop.Start(t.Context(), laptop.Options{Dir: t.TempDir(), Fresh: true, Teams: []string{counter.Namespace}, Out: os.Stdout})
	must(t, err)
	t.Cleanup(func() {
		if err := l.Close(false); err != nil {
			t.Error(err)
		}
	})
	target, err := eks.Connect(eks.Config{Kubeconfig: l.Where.Kubeconfig, Operator: eks.Operator(l.Where.Operator)})
	must(t, err)
	objects := l.Where.Objects()
	return &installation{Laptop: l, t: t, objects: objects, target: target, ledger: ledger.New(ledger.S3{Client: objects, Bucket: l.Where.Ledger})}
}

// manifest is the sample's application.yaml, changed.
func (i *installation) manifest(replace ...string) []byte {
	body, err := os.ReadFile(filepath.Join(filepath.Dir(i.Kit.Jobs), flink.ManifestFile))
	must(i.t, err)
	return []byte(strings.NewReplacer(replace...).Replace(string(body)))
}

func (i *installation) jar(name string) []byte {
	body, err := os.ReadFile(filepath.Join(i.Kit.Jobs, name))
	must(i.t, err)
	return body
}

// upload writes an object of the artifact bucket and tells its version. It waits
// for another second than that of the upload before: S3 tells no finer times,
// and of two jars of one second the one whose key sorts last counts as the newer.
func (i *installation) upload(t *testing.T, key string, body []byte) string {
	t.Helper()
	time.Sleep(time.Until(i.uploaded.Truncate(time.Second).Add(time.Second)))
	defer func() { i.uploaded = time.Now() }()
	out, err := i.objects.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &i.Where.Artifacts, Key: &key, Body: bytes.NewReader(body)})
	must(t, err)
	return aws.ToString(out.VersionId)
}

// drop uploads below the application's prefix and waits for the record.
func (i *installation) drop(t *testing.T, name string, body []byte) ledger.Record {
	t.Helper()
	return i.record(t, counter, i.upload(t, counter.String()+"/"+name, body))
}

// recordWithin is a limit for a test that hangs, not a measure.
const recordWithin = 6 * time.Minute

// record waits for the record of what an object version started.
func (i *installation) record(t *testing.T, app flink.Application, version string) ledger.Record {
	t.Helper()
	return i.recordThat(t, app, func(r ledger.Record) bool { return strings.HasSuffix(r.Trigger, "versionId="+version) })
}

func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(500 * time.Millisecond):
	}
}

// look is what must not change when nothing is touched.
type look struct {
	Generation    int64
	Revision, Run string
	JobID         string
	Started       time.Time
	Current       string
}

func (i *installation) look(t *testing.T) look {
	t.Helper()
	o, err := i.target.Observe(t.Context(), counter)
	must(t, err)
	d, _, err := i.ledger.Document(t.Context(), counter)
	must(t, err)
	return look{o.Spec.Generation, o.Spec.Revision, string(o.Spec.Run), o.Job.ID, o.Job.Started, d.Current}
}

// event is what S3 would send for an object version.
func (i *installation) event(key, version string) events.Event {
	d := events.ObjectCreatedDetail{Version: "0", Reason: "PutObject"}
	d.Bucket.Name, d.Object.Key, d.Object.VersionID = i.Where.Artifacts, key, version
	detail, _ := json.Marshal(d)
	return events.Event{Version: "0", ID: "again", Source: events.ObjectCreatedSource, DetailType: events.ObjectCreatedType,
		Account: "000000000000", Region: i.Where.Region, Time: time.Now().UTC(), Resources: []string{"arn:aws:s3:::" + i.Where.Artifacts}, Detail: detail}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
