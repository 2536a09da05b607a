package eks

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/rest"
	"github.com/sluice-flink/sluice/internal/flink/rest/resttest"
)

// answers is a Flink: recorded where it was, otherwise put together from what
// the timeline of the same case ends with.
type answers func(*testing.T, resource) *rest.Client

// asRecorded is what Flink itself answered in the case of that name.
func asRecorded(name string) answers {
	return func(t *testing.T, _ resource) *rest.Client { return recordedFlink(t, name) }
}

// running is a job with all tasks running that restored what the resource says.
func running(t *testing.T, r resource) *rest.Client {
	t.Helper()
	restored := ""
	if path := r.statusFacts().Savepoint.Path; path != "" {
		restored = fmt.Sprintf(`, "restored": {"id": 1, "restore_timestamp": 1, "is_savepoint": true, "external_path": %q}`, path)
	}
	return served(t, r, `{"counts": {"restored": 1, "completed": 14, "failed": 10}, "latest": {"completed": null`+restored+`}}`, `{"exceptionHistory": {"entries": []}}`)
}

// afterUpgrade has the checkpoints that were recorded after the first upgrade.
func afterUpgrade(t *testing.T, r resource) *rest.Client {
	t.Helper()
	return served(t, r, string(resttest.OperatorSample(t, "2-checkpoints")), `{"exceptionHistory": {"entries": []}}`)
}

// killedTaskManager is a running job whose pod ended by signal 9; the words are
// Flink's, see causes.go.
func killedTaskManager(t *testing.T, r resource) *rest.Client {
	t.Helper()
	words := "Pod terminated, container termination statuses: [flink-main-container(exitCode=137, reason=Error, message=null)], pod status: Failed(reason=null, message=null)"
	entry := fmt.Sprintf(`{"exceptionName": "java.lang.Exception", "stacktrace": %q, "timestamp": %d}`, "java.lang.Exception: "+words+"\n\tat org.apache.flink.kubernetes.KubernetesResourceManagerDriver", startOf(r).Add(30*time.Second).UnixMilli())
	return served(t, r, `{"counts": {"restored": 2, "completed": 40, "failed": 1}, "latest": {"restored": {"id": 9, "external_path": "file:/flink-data/app/checkpoints/chk-9"}}}`,
		`{"exceptionHistory": {"entries": [`+entry+`]}}`)
}

// noJobs is a JobManager that lost its only job for ever.
func noJobs(t *testing.T, _ resource) *rest.Client {
	t.Helper()
	return serving(t, map[string]string{"/jobs/overview": `{"jobs": []}`})
}

// gone is what the service proxy says when there is no JobManager.
func gone(t *testing.T, _ resource) *rest.Client {
	t.Helper()
	return serving(t, nil)
}

func served(t *testing.T, r resource, checkpoints, exceptions string) *rest.Client {
	t.Helper()
	id := text(mapping(mapping(r.Object, "status"), "jobStatus"), "jobId")
	overview := fmt.Sprintf(`{"jobs": [{"jid": %q, "name": "counter", "state": "RUNNING", "start-time": %d, "tasks": {"total": 2, "running": 2}}]}`, id, startOf(r).UnixMilli())
	return serving(t, map[string]string{"/jobs/overview": overview, "/jobs/" + id + "/checkpoints": checkpoints, "/jobs/" + id + "/exceptions": exceptions, "/jobs/" + id + "/metrics": `[]`})
}

func serving(t *testing.T, paths map[string]string) *rest.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, ok := paths[request.URL.Path]
		if !ok {
			http.NotFound(w, request)
			return
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return rest.New(server.URL, nil)
}

// startOf is the start of the job that the operator saw last, by Flink's clock.
func startOf(r resource) time.Time {
	var ms int64
	_, _ = fmt.Sscan(text(mapping(mapping(r.Object, "status"), "jobStatus"), "startTime"), &ms)
	return time.UnixMilli(ms).UTC()
}

var (
	fromNothing = flink.Restore{Kind: flink.RestoreNothing}
	fromLatest  = flink.Restore{Kind: flink.RestoreLatest}
)

// evidence is every recorded resource. first is the verdict at first sight; last
// when the very same is seen for 25 minutes more, longer than the deadline and
// the bake time of the default policy.
var evidence = map[string]struct {
	flink       answers
	restore     flink.Restore // zero: the savepoint that the resource names
	first, last string
}{
	"1-stable":             {running, fromNothing, "Progressing by Bake", "Healthy by Baked"},
	"2-nolimit-upgrade1":   {running, flink.Restore{}, "Progressing by Bake", "Healthy by Baked"},
	"2-nolimit-upgrade2":   {running, flink.Restore{}, "Progressing by Bake", "Healthy by Baked"},
	"2-nolimit-upgrade3":   {running, flink.Restore{}, "Progressing by Bake", "Healthy by Baked"},
	"2-upgrade1-v2":        {afterUpgrade, flink.Restore{}, "Progressing by Bake", "Healthy by Baked"},
	"2-upgrade2-v1":        {running, flink.Restore{}, "Progressing by Bake", "Healthy by Baked"},
	"2-upgrade3-v2":        {running, flink.Restore{}, "Progressing by Bake", "Healthy by Baked"},
	"3a-restore":           {asRecorded("3a-restore"), flink.Restore{}, "Unhealthy by FailureRestarts", "Unhealthy by FailureRestarts"},
	"3a-rollback-patch":    {running, fromLatest, "Progressing by Bake", "Healthy by Baked"},
	"3b-loop":              {asRecorded("3b-loop"), flink.Restore{}, "Unhealthy by FailureRestarts", "Unhealthy by FailureRestarts"}, // the operator says STABLE
	"3b-rollback-recreate": {running, flink.Restore{}, "Progressing by Bake", "Healthy by Baked"},
	"3c-rollback-patch":    {running, fromLatest, "Progressing by Bake", "Healthy by Baked"},
	"3c-start":             {asRecorded("3c-start"), flink.Restore{}, "Unhealthy by FailureRestarts", "Unhealthy by FailureRestarts"}, // the start of the "(application driver)" was not recorded; were it after the failure, JobAlive would decide
	"3d-uid":               {noJobs, flink.Restore{}, "Progressing by JobPresent", "Unhealthy by OperatorAccepted"},
	"3d-stuck":             {noJobs, flink.Restore{}, "Progressing by OperatorObserved", "Unhealthy by OperatorObserved"}, // after two minutes: see the test below
	"3e-autorollback":      {running, flink.Restore{}, "Unhealthy by OperatorRollback", "Unhealthy by OperatorRollback"},
	"3e-conf":              {running, flink.Restore{}, "Progressing by Bake", "Healthy by Baked"},
	"3f-recreate":          {running, flink.Restore{}, "Progressing by Bake", "Healthy by Baked"},
	"3g-noha":              {gone, flink.Restore{}, "Progressing by OperatorObserved", "Unhealthy by OperatorObserved"},
	"4-nonce":              {running, flink.Restore{}, "Progressing by Bake", "Healthy by Baked"}, // DEPLOYED while the savepoint is pending
	"4-nonce-fail":         {running, flink.Restore{}, "Progressing by Bake", "Healthy by Baked"},
	"5-laststate-fix":      {running, fromLatest, "Progressing by Bake", "Healthy by Baked"},
	"5-laststate-to-loop":  {asRecorded("5-laststate-to-loop"), flink.Restore{}, "Unhealthy by FailureRestarts", "Unhealthy by FailureRestarts"},
	"5-suspend-last-state": {gone, flink.Restore{}, "Unhealthy by ResourceOurs", "Unhealthy by ResourceOurs"},
	"5-suspend-savepoint":  {running, flink.Restore{}, "Unhealthy by ResourceOurs", "Unhealthy by ResourceOurs"},
	"7-kill-jm":            {running, fromLatest, "Progressing by Bake", "Healthy by Baked"},
	"7-kill-tm":            {killedTaskManager, flink.Restore{}, "Progressing by Bake", "Healthy by Baked"},
}

func TestEveryRecordedCaseIsJudgedByTheCheckThatSawIt(t *testing.T) {
	for name, c := range evidence {
		t.Run(name, func(t *testing.T) {
			r := recorded(t, name)
			o := asSeen(t, r, c.flink)
			restore := c.restore
			if restore.Kind == "" {
				restore = flink.Restore{Kind: flink.RestoreHeld, Path: o.Status.Savepoint.Path}
			}
			now := startOf(r).Add(time.Minute)
			e := flink.Expectation{Release: "rel", Step: "apply", Restore: restore, Policy: everyCheckAtOnce(), LagBefore: o.Job.Lag}
			first, last := judgedFor(o, e, now)
			e.Policy = everyCheck()
			if _, slow := judgedFor(o, e, now); verdict(slow) != verdict(last) {
				t.Errorf("with lag it ends %s (%s), else %s", verdict(slow), slow.Message, verdict(last))
			}
			if got := verdict(first); got != c.first {
				t.Errorf("at first sight %s (%s), want %s", got, first.Message, c.first)
			}
			if got := verdict(last); got != c.last {
				t.Errorf("in the end %s (%s), want %s", got, last.Message, c.last)
			}
		})
	}
}

// judgedFor sees the very same for 25 minutes.
func judgedFor(o flink.Observation, e flink.Expectation, from time.Time) (first, last flink.Verdict) {
	watch, first := flink.Judge(flink.Watch{}, o, e, from)
	last = first
	for after := time.Duration(0); after <= 25*time.Minute && last.State == flink.Progressing; after += 5 * time.Second {
		watch, last = flink.Judge(watch, o, e, from.Add(after))
	}
	return first, last
}

// asSeen is the recorded case with what was not recorded: quiet alarms, a good
// answer and no lag.
func asSeen(t *testing.T, r resource, f answers) flink.Observation {
	t.Helper()
	o := flink.Observation{Exists: true, Spec: r.specFacts(), Status: r.statusFacts(), Job: observeJob(t.Context(), f(t, r))}
	o.Spec.Release, o.Spec.Step = "rel", "apply" // the recordings were made by kubectl
	o.Job.Lag = flink.Lag{Known: true}
	o.Signals = flink.Signals{Alarms: []flink.AlarmFacts{{Name: "latency", State: flink.AlarmOK}}, Queries: []flink.QueryFacts{{Query: "errors", Values: []float64{0}}}}
	return o
}

// everyCheck is a policy that leaves no check out.
func everyCheck() flink.Policy {
	p := flink.DefaultPolicy()
	p.Analysis.CloudWatchAlarms = []string{"latency"}
	p.Analysis.Prometheus = []flink.PrometheusQuery{{Query: "errors", SuccessCondition: "result < 0.01"}}
	p.Analysis.LagRecovery = &flink.LagRecovery{Within: time.Minute, Baseline: 110}
	return p
}

// everyCheckAtOnce leaves lag out, which takes two samples to be judged by.
func everyCheckAtOnce() flink.Policy {
	p := everyCheck()
	p.Analysis.LagRecovery = nil
	return p
}

func TestAnOperatorThatWaitsForEverIsFoundLongBeforeTheDeadline(t *testing.T) {
	for _, name := range []string{"3d-stuck", "3g-noha"} {
		r := recorded(t, name)
		o := asSeen(t, r, evidence[name].flink)
		e := flink.Expectation{Release: "rel", Step: "apply", Policy: everyCheck()}
		now := startOf(r).Add(time.Minute)
		watch, v := flink.Judge(flink.Watch{}, o, e, now)
		for after := time.Duration(0); v.State == flink.Progressing; after += 5 * time.Second {
			watch, v = flink.Judge(watch, o, e, now.Add(after))
			if after > 2*time.Minute {
				t.Fatalf("%s: after %s it is still %s: %s", name, after, v.State, v.Message)
			}
		}
		if got := verdict(v); got != "Unhealthy by OperatorObserved" {
			t.Errorf("%s: %s (%s)", name, got, v.Message)
		}
	}
}

func verdict(v flink.Verdict) string { return string(v.State) + " by " + v.Check }

func TestNoRecordedCaseIsLeftUnjudged(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "facts", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".json"))
	}
	for _, name := range names {
		if _, judged := evidence[name]; !judged {
			t.Errorf("%s is not in the table", name)
		}
	}
	for name := range evidence {
		if !slices.Contains(names, name) {
			t.Errorf("%s was not recorded", name)
		}
	}
}
