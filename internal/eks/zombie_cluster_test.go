//go:build cluster

package eks

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	kube "k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/sluice-flink/sluice/internal/flink"
)

// interrupted is a Target that something happens to just before one of its writes.
type interrupted struct {
	next http.RoundTripper

	mu     sync.Mutex
	seen   []string // writes so far: METHOD resource
	at     int      // the write, counted from 1, before which happens is called; 0: none
	happen func()
	flink  http.Handler // answers for the JobManager; nil: the API server does
}

func (i *interrupted) RoundTrip(request *http.Request) (*http.Response, error) {
	if i.flink != nil && strings.Contains(request.URL.Path, "/services/") {
		answer := httptest.NewRecorder()
		i.flink.ServeHTTP(answer, request)
		return answer.Result(), nil
	}
	if request.Method != http.MethodGet {
		i.mu.Lock()
		parts := strings.Split(request.URL.Path, "/")
		i.seen = append(i.seen, request.Method+" "+parts[slices.Index(parts, "namespaces")+2])
		now := len(i.seen) == i.at
		i.mu.Unlock()
		if now {
			i.happen()
		}
	}
	return i.next.RoundTrip(request)
}

// targetOf connects as somebody, by way of an interrupted transport.
func targetOf(t *testing.T, who kube.ImpersonationConfig) (*Target, *interrupted) {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		t.Fatal(err)
	}
	config.Impersonate = who
	i := &interrupted{}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { i.next = next; return i })
	i.flink = http.HandlerFunc(oneVertex)
	target, err := newTarget(config, Apache)
	if err != nil {
		t.Fatal(err)
	}
	target.poll, target.patience = 50*time.Millisecond, 3*time.Second
	return target, i
}

const zombieFence, heirFence = 5, 6

// oneVertex is as much of a JobManager as a scaling asks.
func oneVertex(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if strings.HasSuffix(r.URL.Path, "/jobs/overview") {
		_, _ = fmt.Fprintf(w, `{"jobs":[{"jid":%q,"name":"fraud","state":"RUNNING","start-time":1,"tasks":{"total":1,"running":1}}]}`, jobID)
		return
	}
	_, _ = fmt.Fprintf(w, `{"jid":%q,"name":"fraud","state":"RUNNING","vertices":[{"id":%q,"name":"all","parallelism":1,"maxParallelism":128,"status":"RUNNING"}]}`, jobID, jobID)
}

// deed is something a holder of zombieFence does.
type deed struct {
	before int64 // fence the application was made under; 0: there is none yet
	byHand bool  // somebody else made it
	do     func(t *testing.T, target *Target, app flink.Application) error
	writes string // of a run that nothing happens to
}

func apply(restore flink.Restore, run flink.RunState) func(*testing.T, *Target, flink.Application) error {
	return changed(restore, run, func(*flink.Desired) {})
}

func changed(restore flink.Restore, run flink.RunState, change func(*flink.Desired)) func(*testing.T, *Target, flink.Application) error {
	return func(t *testing.T, target *Target, app flink.Application) error {
		d := step(t, app, "late", restore)
		d.Run, d.Fence = run, zombieFence
		change(&d)
		return target.Apply(t.Context(), d)
	}
}

var (
	held     = flink.Restore{Kind: flink.RestoreHeld}
	latest   = flink.Restore{Kind: flink.RestoreLatest}
	snapshot = flink.Restore{Kind: flink.RestoreSnapshot, Path: "s3://state/sp"}
)

func adopts(t *testing.T, target *Target, app flink.Application) error {
	seen, err := target.get(t.Context(), app)
	if err != nil {
		return err
	}
	return target.Apply(t.Context(), flink.Desired{Application: app, Revision: flink.Revision{ID: "0a1b2c", Manifest: seen.manifest()},
		Adopt: true, Run: flink.Running, Fence: zombieFence, Release: "rel-1", Step: "late"})
}

var deeds = map[string]deed{
	"creates":                          {do: apply(flink.Restore{Kind: flink.RestoreNothing}, flink.Running), writes: "POST configmaps, PATCH flinkdeployments"},
	"applies in place":                 {before: 4, do: apply(held, flink.Running), writes: "PUT configmaps, PATCH flinkdeployments"},
	"applies in place a second time":   {before: 5, do: apply(held, flink.Running), writes: "PATCH flinkdeployments"},
	"suspends":                         {before: 5, do: apply(flink.Restore{}, flink.Suspended), writes: "PATCH flinkdeployments"},
	"brings to a standstill":           {before: 4, do: apply(latest, flink.Suspended), writes: "PUT configmaps, PATCH flinkdeployments"},
	"goes on from the record":          {before: 5, do: apply(latest, flink.Running), writes: "PATCH flinkdeployments"},
	"scales":                           {before: 4, do: changed(latest, flink.Running, func(d *flink.Desired) { d.InPlace = true }), writes: "PUT configmaps, PATCH flinkdeployments"},
	"adopts":                           {byHand: true, do: adopts, writes: "POST configmaps, PATCH flinkdeployments, PATCH flinkdeployments"},
	"deletes and creates":              {before: 5, do: apply(snapshot, flink.Running), writes: "DELETE flinkdeployments, PATCH flinkdeployments"},
	"deletes and creates what was old": {before: 4, do: apply(snapshot, flink.Running), writes: "PUT configmaps, PATCH flinkdeployments, DELETE flinkdeployments, PATCH flinkdeployments"},
	"removes": {before: 4, do: func(t *testing.T, target *Target, app flink.Application) error {
		return target.Remove(t.Context(), app, zombieFence)
	}, writes: "PUT configmaps, PATCH flinkdeployments, DELETE flinkdeployments"},
}

// heir is who holds heirFence.
type heir struct {
	release, step string
	writes        bool // and has written the application before the zombie wakes up
}

// A step of the same release counts like another release: each has a fence of its own.
var heirs = []heir{{"rel-2", "heir", false}, {"rel-2", "heir", true}, {"rel-1", "next-step", true}}

func TestAHolderWhoWakesUpBeforeAnyOfItsWritesIsRefused(t *testing.T) {
	admin, first := realTarget(t, Apache)
	install(t, admin, "rbac.yaml", first.Namespace)
	count := 0
	fresh := func() flink.Application {
		count++
		return flink.Application{Namespace: first.Namespace, Name: fmt.Sprintf("fraud-%d", count)}
	}
	for who, identity := range identities {
		for what, d := range deeds {
			t.Run(who+" "+what, func(t *testing.T) {
				writes := d.undisturbed(t, admin, identity, fresh())
				for at := range writes {
					for _, h := range heirs {
						d.disturbed(t, admin, identity, fresh(), at+1, h)
					}
				}
			})
		}
	}
}

// undisturbed shows that the one who holds the fence is never refused.
func (d deed) undisturbed(t *testing.T, admin *Target, who kube.ImpersonationConfig, app flink.Application) []string {
	t.Helper()
	d.prepare(t, admin, app)
	holder, watched := targetOf(t, who)
	until(t, "the Role is in force", func() bool { _, err := holder.get(t.Context(), app); return err == nil })
	if err := d.do(t, holder, app); err != nil {
		t.Fatalf("the one who holds the fence: %v", err)
	}
	if got := strings.Join(watched.seen, ", "); got != d.writes {
		t.Fatalf("it wrote %s, want %s", got, d.writes)
	}
	return watched.seen
}

func (d deed) prepare(t *testing.T, admin *Target, app flink.Application) {
	t.Helper()
	if d.byHand {
		byHand(t, admin, app, "kubectl-create", func(o *unstructured.Unstructured) { o.SetName(app.Name) })
	}
	if d.before > 0 {
		before := step(t, app, "create", flink.Restore{Kind: flink.RestoreNothing})
		before.Fence, before.Release = d.before, "rel-0"
		applied(t, admin, before)
	}
}

// disturbed lets the zombie sleep before one write until the heir has raised
// the fence, or has written the application too.
func (d deed) disturbed(t *testing.T, admin *Target, who kube.ImpersonationConfig, app flink.Application, at int, h heir) {
	t.Helper()
	d.prepare(t, admin, app)
	zombie, sleeper := targetOf(t, who)
	var before *resource
	sleeper.at, sleeper.happen = at, func() { before = succeed(t, admin, app, h) }
	err := d.do(t, zombie, app)
	if h.writes && flink.CodeOf(err) == flink.Conflict {
		err = d.do(t, zombie, app) // by the version alone: the machine tries again, and reads
	}
	if flink.CodeOf(err) != flink.LeaseLost || !strings.Contains(fmt.Sprint(err), fmt.Sprint(heirFence)) {
		t.Errorf("before write %d, with %+v: %v", at, h, err)
	}
	after, err := admin.get(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	if asked(after) != asked(before) {
		t.Errorf("before write %d, with %+v: the refused write had an effect: %s, before %s", at, h, asked(after), asked(before))
	}
	if err := admin.holdsFence(t.Context(), app, heirFence-1); flink.CodeOf(err) != flink.LeaseLost {
		t.Errorf("the fence was lowered: %v", err)
	}
}

// asked is what is asked of the operator, and by whom.
func asked(r *resource) string {
	if r == nil {
		return "nothing there"
	}
	return fmt.Sprint(r.GetUID(), r.GetGeneration(), r.GetDeletionTimestamp(), r.GetAnnotations(), r.GetLabels())
}

// succeed is the next holder. It returns when the API server has heard of the
// fence (its own view lags by milliseconds), with the application as it is then.
func succeed(t *testing.T, admin *Target, app flink.Application, h heir) *resource {
	t.Helper()
	if err := admin.raiseFence(t.Context(), app, heirFence); err != nil {
		t.Error(err)
	}
	until(t, "the API server has heard of the fence", func() bool {
		return flink.CodeOf(probe(t, admin, app)) == flink.LeaseLost
	})
	if h.writes {
		takeOver(t, admin, app, h)
	}
	seen, err := admin.get(context.WithoutCancel(t.Context()), app)
	if err != nil {
		t.Error(err)
	}
	return seen
}

// probe tries a write under a fence that was passed, and writes nothing.
func probe(t *testing.T, admin *Target, app flink.Application) error {
	t.Helper()
	seen, err := admin.get(context.WithoutCancel(t.Context()), app)
	if err != nil {
		t.Error(err)
	}
	if seen == nil {
		lower := step(t, app, "probe", flink.Restore{Kind: flink.RestoreNothing})
		lower.DryRun, lower.Fence = true, heirFence-1
		return admin.Apply(t.Context(), lower)
	}
	body := fmt.Sprintf(`{"metadata":{"annotations":{"sluice/fence":"%d","sluice/step":"probe"}}}`, heirFence-1)
	_, err = admin.kube.Resource(deployments).Namespace(app.Namespace).
		Patch(t.Context(), app.Name, types.MergePatchType, []byte(body), metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}})
	return kubeError("probe", err)
}

func takeOver(t *testing.T, admin *Target, app flink.Application, h heir) {
	t.Helper()
	d := step(t, app, h.step, flink.Restore{Kind: flink.RestoreNothing})
	d.Fence, d.Release = heirFence, h.release
	seen, err := admin.get(context.WithoutCancel(t.Context()), app)
	if err == nil && seen != nil && seen.foreign() {
		d.Adopt, d.Revision.Manifest = true, seen.manifest()
	}
	if err == nil {
		err = admin.Apply(t.Context(), d)
	}
	if err != nil {
		t.Error(err)
	}
}
