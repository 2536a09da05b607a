//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/test/onlaptop"
)

// installation is a running one, and the application that a line of steps is about.
type installation struct {
	*onlaptop.Installation
	app flink.Application
}

// of is the installation as the steps about an application use it.
func of(i *onlaptop.Installation, name string) *installation {
	return &installation{i.Beside(), flink.Application{Namespace: onlaptop.Counter.Namespace, Name: name}}
}

// manifest is the sample's under the application's name; replace is as in Manifest.
func (i *installation) manifest(t *testing.T, replace ...string) []byte {
	t.Helper()
	if i.app == onlaptop.Counter {
		return i.Manifest(t, replace...)
	}
	return i.Manifest(t, append([]string{"  name: counter\n", "  name: " + i.app.Name + "\n", "/counter/", "/" + i.app.Name + "/"}, replace...)...)
}

// drop uploads below the application's prefix and waits for the record.
func (i *installation) drop(t *testing.T, name string, body []byte) ledger.Record {
	t.Helper()
	return i.record(t, i.app, i.Upload(t, i.app.String()+"/"+name, body))
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
	o, err := i.Target.Observe(t.Context(), i.app)
	must(t, err)
	d, _, err := i.Ledger.Document(t.Context(), i.app)
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
