package local_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	awslambda "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/internal/artifacts"
	"github.com/sluice-flink/sluice/internal/boot"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/jar/jartest"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/local"
	"github.com/sluice-flink/sluice/local/sfn"
)

// laptop is what outlives a plane: the cluster, and time, which runs fast.
type laptop struct {
	clock hurried
	model *targettest.Model
	stuck atomic.Bool   // observe does not return any more
	begun chan struct{} // it has begun not to
}

// hurried is time at a hundred times its pace, so that jobs of the model start within the test's.
type hurried struct{ since time.Time }

func (h hurried) Now() time.Time { return h.since.Add(100 * time.Since(h.since)).UTC() }

func (h hurried) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d / 100):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func newLaptop() *laptop {
	l := &laptop{clock: hurried{time.Now()}, begun: make(chan struct{}, 10)}
	l.model = targettest.NewModel(l.clock.Now, targettest.Options{})
	return l
}

// build makes the real tasks over the model, with what the plane tells a function.
func (l *laptop) build(_ context.Context, name string, env func(string) string) (awslambda.Handler, error) {
	cfg := aws.Config{Region: env("AWS_REGION"), Credentials: credentials.NewStaticCredentialsProvider(env("AWS_ACCESS_KEY_ID"), env("AWS_SECRET_ACCESS_KEY"), "")}
	objects := s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.BaseEndpoint, o.UsePathStyle = aws.String(env("AWS_ENDPOINT_URL_S3")), true
	})
	e := boot.Environment{EventBus: env("SLUICE_EVENT_BUS"), Machine: env("SLUICE_RELEASE_MACHINE"), EventsEndpoint: env("AWS_ENDPOINT_URL_EVENTBRIDGE"), StatesEndpoint: env("AWS_ENDPOINT_URL_SFN")}
	do := task.Tasks{Deps: task.Deps{Ledger: ledger.New(ledger.S3{Client: objects, Bucket: env("SLUICE_LEDGER_BUCKET")}), Artifacts: artifacts.S3{Client: objects},
		Target: l.model, Sender: boot.NewSender(cfg, e), Executions: boot.NewExecutions(cfg, e), Clock: l.clock,
		Config: task.Config{ArtifactBucket: env("SLUICE_ARTIFACTS_BUCKET"), PinBucket: env("SLUICE_LEDGER_BUCKET"), LongPoll: 2 * time.Minute, Poll: 2 * time.Second, ReleaseMachine: e.Machine}}}.Handlers()[name]
	return handler(func(ctx context.Context, payload []byte) ([]byte, error) {
		if name == "observe" && l.stuck.Load() {
			l.begun <- struct{}{}
			<-ctx.Done()
			return nil, ctx.Err()
		}
		out, err := do(ctx, payload)
		if err != nil {
			return nil, messages.InvokeResponse_Error{Type: task.ErrorName(flink.CodeOf(err)), Message: err.Error()}
		}
		return out, nil
	}), nil
}

var counter = flink.Application{Namespace: "team", Name: "app"}

func upload(t *testing.T, p *local.Plane, key string, body []byte) {
	t.Helper()
	_, err := objects(p).PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(p.Output("ArtifactsBucketName")), Key: &key, Body: strings.NewReader(string(body))})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAPlaneThatIsStartedAgainPicksUpWhatWasUnderWay: a plane ends in the middle
// of a release; on the next one recovery brings back what ran before.
func TestAPlaneThatIsStartedAgainPicksUpWhatWasUnderWay(t *testing.T) {
	dir, l := t.TempDir(), newLaptop()
	p, ended := start(t, dir, template, l.build)
	upload(t, p, "team/app/application.yaml", []byte(applicationYAML))
	await(t, ended, "SUCCEEDED")
	upload(t, p, "team/app/v1.jar", jartest.Make("v1.jar"))
	await(t, ended, "SUCCEEDED")
	l.stuck.Store(true)
	upload(t, p, "team/app/v2.jar", jartest.Make("v2.jar"))
	<-l.begun
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	await(t, ended, "ABORTED")
	l.stuck.Store(false)
	l.awaitRecord(t)

	p, ended = start(t, dir, template, l.build)
	recovers := strings.Replace(p.Output("ReleaseMachineArn"), "-release", "-recover", 1)
	if _, err := p.Executions().Start(recovers, "", []byte(`{}`)); err != nil { // as its schedule does
		t.Fatal(err)
	}
	for e := range ended { // the event of the execution's end was kept as well: two that recover, and the one release that they start
		if e.Status != "SUCCEEDED" {
			t.Fatalf("%s ended %s: %s %s", e.ARN, e.Status, e.Error, e.Cause)
		}
		if e.MachineARN != recovers {
			break
		}
	}
	store := ledger.New(ledger.S3{Client: objects(p), Bucket: p.Output("LedgerBucketName")})
	d, _, err := store.Document(t.Context(), counter)
	if err != nil || d.Lease != nil || len(d.History) != 1 || d.Current != d.History[0].Revision || d.Applied != "" || d.Circuit != nil {
		t.Fatalf("got %+v, %v", d, err)
	}
	r, err := store.Record(t.Context(), counter, d.LastRelease)
	if err != nil || r.Reason != flink.Released || r.Change == nil || r.Change.By != task.RecoveredBy || r.Restored == "" {
		t.Errorf("got %+v, %v", r, err)
	}
	for _, s := range l.model.Starts() { // however far v2 came meanwhile: the record tells
		if s.From != "" && !s.Exact() {
			t.Errorf("a version began with %d of %d committed records", s.Counter, s.Committed)
		}
	}
}

// awaitRecord waits until there is a high-availability record of what was applied.
func (l *laptop) awaitRecord(t *testing.T) {
	t.Helper()
	for {
		o, err := l.model.Observe(t.Context(), counter)
		if err != nil {
			t.Fatal(err)
		}
		if o.Record.Known {
			return
		}
		if err := l.clock.Sleep(t.Context(), time.Second); err != nil {
			t.Fatal(err)
		}
	}
}

func await(t *testing.T, ended <-chan sfn.Execution, status string) {
	t.Helper()
	if e := <-ended; e.Status != status {
		t.Fatalf("it ended %s, want %s: %s %s", e.Status, status, e.Error, e.Cause)
	}
}

const applicationYAML = `apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: {name: app}
spec:
  image: flink:1.20
  flinkVersion: v1_19
  serviceAccount: flink
  flinkConfiguration:
    state.savepoints.dir: s3://demo-data/team/app/savepoints
    state.checkpoints.dir: s3://demo-data/team/app/checkpoints
    high-availability.type: kubernetes
    high-availability.storageDir: s3://demo-data/team/app/ha
  jobManager: {resource: {memory: 1024m, cpu: 0.5}}
  taskManager: {resource: {memory: 1024m, cpu: 0.5}}
  job: {parallelism: 1, upgradeMode: savepoint}
---
apiVersion: sluice/v1alpha1
kind: ReleasePolicy
spec:
  progressDeadline: 3m
  bakeTime: 20s
`
