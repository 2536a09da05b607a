//go:build e2e

package goodreleases

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/test/onlaptop"
)

var counter = onlaptop.Counter

// installation is a running one and what is needed to disturb it.
type installation struct {
	*onlaptop.Installation
	kube *http.Client // of the API server below api
	api  string
}

func start(t *testing.T) *installation {
	t.Helper()
	i := onlaptop.Start(t)
	config, err := clientcmd.BuildConfigFromFlags("", i.Where.Kubeconfig)
	must(t, err)
	kube, err := rest.HTTPClientFor(config)
	must(t, err)
	return &installation{Installation: i, kube: kube, api: strings.TrimRight(config.Host, "/")}
}

// drop uploads below the application's prefix and waits for the record.
func (i *installation) drop(t *testing.T, name string, body []byte) ledger.Record {
	t.Helper()
	return i.record(t, i.Upload(t, counter.String()+"/"+name, body))
}

// within is a limit for a test that hangs, not a measure.
const within = 6 * time.Minute

func (i *installation) record(t *testing.T, version string) ledger.Record {
	t.Helper()
	return i.recordOf(t, counter, version)
}

// recordOf waits for the record of what an object version started.
func (i *installation) recordOf(t *testing.T, app flink.Application, version string) (found ledger.Record) {
	t.Helper()
	i.until(t, "the release has ended", func(ctx context.Context) (ended bool) {
		found, ended = i.ended(ctx, t, app, version)
		return ended
	})
	t.Logf("%s %s: %s", found.Outcome, found.Reason, found.Message)
	return found
}

// ended finds the record of what an object version started, once there is one.
func (i *installation) ended(ctx context.Context, t *testing.T, app flink.Application, version string) (ledger.Record, bool) {
	t.Helper()
	ids, err := i.Ledger.Records(ctx, app, 5)
	must(t, err)
	for _, id := range ids {
		r, err := i.Ledger.Record(ctx, app, id)
		must(t, err)
		if strings.HasSuffix(r.Trigger, "versionId="+version) {
			return r, true
		}
	}
	return ledger.Record{}, false
}

// untilItBakes waits until the new version was applied and all checks hold.
func (i *installation) untilItBakes(t *testing.T, version string) {
	t.Helper()
	before, _, err := i.Ledger.Document(t.Context(), counter)
	must(t, err)
	i.until(t, "the new version bakes", func(ctx context.Context) bool {
		if r, ended := i.ended(ctx, t, counter, version); ended {
			t.Fatalf("it ended before it baked, %s, %s: %s\n%s", r.Outcome, r.Reason, r.Message, notes(r))
		}
		o, err := i.Target.Observe(ctx, counter)
		return err == nil && o.Spec.Step == "apply" && o.Spec.Revision != before.Current && o.Status.ObservedGeneration >= o.Spec.Generation &&
			o.Status.Lifecycle == "STABLE" && o.Status.JobState == "RUNNING" && o.Job.State == "RUNNING" &&
			o.Job.TasksRunning == o.Job.Tasks && o.Job.Checkpoints.Completed >= 2
	})
}

func (i *installation) until(t *testing.T, what string, done func(context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	for !done(ctx) {
		select {
		case <-ctx.Done():
			t.Fatalf("waited %s until %s", within, what)
		case <-time.After(500 * time.Millisecond):
		}
	}
}

func pause(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-t.Context().Done():
	case <-time.After(d):
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
