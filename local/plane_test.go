package local_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	awslambda "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/asl/jsonata"
	"github.com/sluice-flink/sluice/local"
	"github.com/sluice-flink/sluice/local/lambda"
	"github.com/sluice-flink/sluice/local/sfn"
)

// What lies beside this package is found before a plane changes the working directory.
var (
	template, noTemplate   = os.ReadFile("../infra/testdata/eventplane.template.json")
	jsonataPath, noJSONata = jsonata.Find()
)

// parameters of the template that have no default.
var parameters = map[string]string{
	"ClusterCertificateAuthority": "Zm9v", "ClusterEndpoint": "https://example.com", "ClusterName": "demo",
	"DataBucketName": "demo-data", "JobExecutionRoleArn": "arn:aws:iam::000000000000:role/jobs", "Operator": "apache",
}

// handler is a lambda.Handler made of a function.
type handler func(ctx context.Context, payload []byte) ([]byte, error)

func (h handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) { return h(ctx, payload) }

// admitted collects what the function admit was called with.
type admitted struct {
	mu       sync.Mutex
	payloads []string
	env      func(string) string
}

func (a *admitted) build(_ context.Context, name string, env func(string) string) (awslambda.Handler, error) {
	if name != "admit" {
		return nil, fmt.Errorf("nobody should need the function %s", name)
	}
	return handler(func(_ context.Context, payload []byte) ([]byte, error) {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.payloads, a.env = append(a.payloads, string(payload)), env
		return []byte(`{"decision": "Ignore"}`), nil
	}), nil
}

func start(t *testing.T, dir string, text []byte, build lambda.Builder) (*local.Plane, chan sfn.Execution) {
	t.Helper()
	if noTemplate != nil {
		t.Skip("the synthesized template is not there: run make golden")
	}
	if noJSONata != nil {
		t.Skip(noJSONata)
	}
	ended := make(chan sfn.Execution, 100)
	p, err := local.Start(context.Background(), local.Options{
		Template: text, Parameters: parameters, Dir: dir, Functions: lambda.NewInProcess(build), JSONata: jsonataPath,
		ExtraBuckets: []string{"demo-data"}, ExtraEnv: map[string]string{"SLUICE_KUBECONFIG": "/nowhere"}, Log: testLog{t},
		OnExecution: func(e sfn.Execution) {
			if e.Status != sfn.StatusRunning {
				ended <- e
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, ended
}

// testLog writes to a test's log.
type testLog struct{ t *testing.T }

func (l testLog) Write(line []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(line)))
	return len(line), nil
}

func objects(p *local.Plane) *s3.Client {
	return s3.New(s3.Options{
		Region: local.Place.Region, BaseEndpoint: aws.String(p.S3Endpoint()), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(p.Credentials().AccessKey, p.Credentials().SecretKey, ""),
	})
}

func drop(t *testing.T, p *local.Plane, key string) {
	t.Helper()
	_, err := objects(p).PutObject(context.Background(), &s3.PutObjectInput{
		Bucket: aws.String(p.Output("ArtifactsBucketName")), Key: &key, Body: strings.NewReader("bytes"),
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAJarDroppedIntoTheBucketRunsTheMachineWithItsEvent(t *testing.T) {
	a := &admitted{}
	p, ended := start(t, t.TempDir(), template, a.build)
	drop(t, p, "team/app/readme.txt")
	drop(t, p, "team/app/app-1.0.jar")

	e := <-ended
	if e.Status != "SUCCEEDED" || e.MachineARN != p.Output("ReleaseMachineArn") {
		t.Fatalf("got %+v", e)
	}
	if len(a.payloads) != 1 {
		t.Fatalf("admit was called with %v", a.payloads)
	}
	var payload struct {
		Execution string
		Event     struct {
			Source string
			Detail struct {
				Bucket struct{ Name string }
				Object struct {
					Key       string
					VersionID string `json:"version-id"`
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(a.payloads[0]), &payload); err != nil {
		t.Fatal(err)
	}
	d := payload.Event.Detail
	if payload.Execution != e.ARN || payload.Event.Source != "aws.s3" || d.Object.Key != "team/app/app-1.0.jar" || d.Bucket.Name != p.Output("ArtifactsBucketName") || d.Object.VersionID == "" {
		t.Errorf("got %+v", payload)
	}
	for name, want := range map[string]string{
		"SLUICE_ARTIFACTS_BUCKET": p.Output("ArtifactsBucketName"), "SLUICE_RELEASE_MACHINE": p.Output("ReleaseMachineArn"), "SLUICE_OPERATOR": "apache",
		"SLUICE_KUBECONFIG": "/nowhere", "AWS_ENDPOINT_URL_S3": p.S3Endpoint(), "AWS_REGION": "us-east-1", "AWS_LAMBDA_FUNCTION_NAME": "Sluice-admit",
	} {
		if got := a.env(name); got != want {
			t.Errorf("%s is %q in the function's environment, want %q", name, got, want)
		}
	}
}

func TestWhatAPlaneKeepsTheNextOneOnTheDirectoryHas(t *testing.T) {
	dir := t.TempDir()
	a := &admitted{}
	var first sfn.Execution
	var keys local.Credentials
	t.Run("before", func(t *testing.T) {
		p, ended := start(t, dir, template, a.build)
		drop(t, p, "team/app/app-1.0.jar")
		first, keys = <-ended, p.Credentials()
	})
	t.Run("after", func(t *testing.T) {
		p, _ := start(t, dir, template, a.build)
		if p.Credentials() != keys {
			t.Error("the keys changed")
		}
		e, err := p.Executions().Describe(first.ARN)
		if err != nil || e.Status != "SUCCEEDED" {
			t.Errorf("got %+v, %v", e, err)
		}
		_, err = objects(p).HeadObject(context.Background(), &s3.HeadObjectInput{Bucket: aws.String(p.Output("ArtifactsBucketName")), Key: aws.String("team/app/app-1.0.jar")})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestTheSDKFindsThePlaneByItsEnvironmentAlone(t *testing.T) {
	p, _ := start(t, t.TempDir(), template, (&admitted{}).build)
	for name, value := range p.ClientEnvironment() {
		t.Setenv(name, value)
	}
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	loaded, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	out, err := eventbridge.NewFromConfig(loaded).PutEvents(context.Background(), &eventbridge.PutEventsInput{Entries: []ebtypes.PutEventsRequestEntry{
		{Source: aws.String("sluice"), DetailType: aws.String("x"), Detail: aws.String(`{}`), EventBusName: aws.String(p.Output("EventBusName"))},
	}})
	if err != nil || out.FailedEntryCount != 0 {
		t.Errorf("got %+v, %v", out, err)
	}
}

// ask puts a Sluice Change Requested event on the plane's own bus, as the command does.
func ask(t *testing.T, p *local.Plane, detail events.ChangeRequestedDetail) {
	t.Helper()
	text, err := json.Marshal(detail)
	if err != nil {
		t.Fatal(err)
	}
	client := eventbridge.New(eventbridge.Options{Region: local.Place.Region, BaseEndpoint: aws.String(p.APIEndpoint()),
		Credentials: credentials.NewStaticCredentialsProvider(p.Credentials().AccessKey, p.Credentials().SecretKey, "")})
	out, err := client.PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: []ebtypes.PutEventsRequestEntry{{
		Source: aws.String(events.Source), DetailType: aws.String(events.ChangeRequestedType), Detail: aws.String(string(text)), EventBusName: aws.String(p.Output("EventBusName"))}}})
	if err != nil || out.FailedEntryCount != 0 {
		t.Fatalf("got %+v, %v", out, err)
	}
}

func TestAChangeThatIsAskedForRunsTheMachineWithItsEvent(t *testing.T) {
	a := &admitted{}
	p, ended := start(t, t.TempDir(), template, a.build)
	want := events.ChangeRequestedDetail{Request: "request-1", Namespace: "team", Application: "app", Change: "Restart", By: "ann@laptop"}
	ask(t, p, want)
	if e := <-ended; e.Status != "SUCCEEDED" || e.MachineARN != p.Output("ReleaseMachineArn") {
		t.Fatalf("got %+v", e)
	}
	var payload struct{ Event events.Event }
	if err := json.Unmarshal([]byte(a.payloads[0]), &payload); err != nil {
		t.Fatal(err)
	}
	if got, ok, err := events.ChangeRequested(payload.Event); err != nil || !ok || got != want {
		t.Errorf("admit was given %+v, %v, %v", got, ok, err)
	}
}

func TestAnExecutionUnderWayIsAbortedWhenThePlaneCloses(t *testing.T) {
	begun := make(chan struct{}, 1)
	p, ended := start(t, t.TempDir(), template, func(context.Context, string, func(string) string) (awslambda.Handler, error) {
		return handler(func(ctx context.Context, _ []byte) ([]byte, error) {
			begun <- struct{}{}
			<-ctx.Done()
			return nil, ctx.Err()
		}), nil
	})
	drop(t, p, "team/app/app-1.0.jar")
	<-begun
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if e := <-ended; e.Status != "ABORTED" {
		t.Errorf("got %+v", e)
	}
}

func TestASecondPlaneOnADirectoryIsRefused(t *testing.T) {
	dir := t.TempDir()
	start(t, dir, template, (&admitted{}).build)
	_, err := local.Start(context.Background(), local.Options{Template: template, Parameters: parameters, Dir: dir, Functions: lambda.NewInProcess(nil), JSONata: jsonataPath})
	if err == nil || !strings.Contains(err.Error(), "another plane") {
		t.Errorf("got %v", err)
	}
}

func TestATemplateWithSomethingUnknownIsNotStarted(t *testing.T) {
	if noTemplate != nil {
		t.Skip("the synthesized template is not there: run make golden")
	}
	for from, to := range map[string]string{
		"AWS::SQS::Queue":          "AWS::MSK::Cluster",
		`"Ref": "Machine6FC8AE80"`: `"Fn::GetAtt": ["AdmitFunction082B9789", "Arn"]`,
	} {
		changed := strings.ReplaceAll(string(template), from, to)
		if changed == string(template) {
			t.Fatalf("the template has no %s", from)
		}
		_, err := local.Start(context.Background(), local.Options{Template: []byte(changed), Parameters: parameters, Dir: t.TempDir(), JSONata: jsonataPath})
		if err == nil || !strings.Contains(err.Error(), "understood") {
			t.Errorf("%s: got %v", to, err)
		}
	}
}
