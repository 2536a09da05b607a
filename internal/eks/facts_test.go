package eks

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sluice-flink/sluice/internal/flink"
)

// recorded reads a FlinkDeployment as operator 1.7.0 left it.
func recorded(t *testing.T, name string) resource {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "facts", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var o unstructured.Unstructured
	if err := json.Unmarshal(content, &o); err != nil {
		t.Fatal(err)
	}
	return resource{&o}
}

// Columns: metadata.generation, observed, reconciliation, lifecycle, JobManager,
// job, run state, last savepoint's last part and trigger, error.
var recordedFacts = map[string]struct {
	generation, observed                       int64
	reconciliation, lifecycle, jobManager, job string
	run                                        flink.RunState
	savepoint, trigger, err                    string
}{
	"1-stable":             {2, 2, "DEPLOYED", "STABLE", "READY", "RUNNING", "running", "", "", ""},
	"2-upgrade1-v2":        {3, 3, "DEPLOYED", "STABLE", "READY", "RUNNING", "running", "savepoint-e3fe4a-1f003a13208c", "UPGRADE", ""},
	"3a-restore":           {6, 6, "DEPLOYED", "DEPLOYED", "READY", "RESTARTING", "running", "savepoint-e3fe4a-338e008fe45e", "UPGRADE", ""},
	"3b-loop":              {8, 8, "DEPLOYED", "STABLE", "READY", "RUNNING", "running", "savepoint-e3fe4a-01cfe29b3d79", "UPGRADE", ""},
	"3c-start":             {3, 3, "DEPLOYED", "DEPLOYED", "DEPLOYED_NOT_READY", "RECONCILING", "running", "savepoint-24e827-ed947d44f2d7", "UPGRADE", ""},
	"3d-uid":               {5, 5, "DEPLOYED", "DEPLOYED", "READY", "RECONCILING", "running", "savepoint-24e827-c51a48e1e0ae", "UPGRADE", "DeploymentFailedException: CrashLoopBackOff"},
	"3d-stuck":             {6, 5, "DEPLOYED", "DEPLOYED", "READY", "RECONCILING", "running", "savepoint-24e827-c51a48e1e0ae", "UPGRADE", "DeploymentFailedException: CrashLoopBackOff"},
	"3e-autorollback":      {16, 16, "ROLLED_BACK", "ROLLED_BACK", "READY", "RUNNING", "running", "savepoint-1d2aa4-930c16260806", "UPGRADE", ""},
	"3g-noha":              {4, 3, "DEPLOYED", "DEPLOYED", "READY", "RESTARTING", "running", "savepoint-9086fc-098ada556f66", "UPGRADE", ""},
	"4-nonce":              {3, 3, "DEPLOYED", "DEPLOYED", "READY", "RUNNING", "running", "savepoint-1d2aa4-efa70c7a2c3c", "MANUAL", ""},
	"5-suspend-savepoint":  {11, 11, "DEPLOYED", "SUSPENDED", "READY", "FINISHED", "suspended", "savepoint-1d2aa4-ba9ed32b451c", "UPGRADE", ""},
	"5-suspend-last-state": {13, 13, "DEPLOYED", "SUSPENDED", "MISSING", "FINISHED", "suspended", "savepoint-1d2aa4-ba9ed32b451c", "UPGRADE", ""},
	"7-kill-jm":            {14, 14, "DEPLOYED", "STABLE", "READY", "RUNNING", "running", "savepoint-1d2aa4-ba9ed32b451c", "UPGRADE", ""},
}

func TestWhatTheOperatorWroteIsReadAsItWasRecorded(t *testing.T) {
	for name, want := range recordedFacts {
		t.Run(name, func(t *testing.T) {
			r := recorded(t, name)
			spec, status := r.specFacts(), r.statusFacts()
			got := want
			got.generation, got.observed, got.run = spec.Generation, status.ObservedGeneration, spec.Run
			got.reconciliation, got.lifecycle = status.Reconciliation, status.Lifecycle
			got.jobManager, got.job = status.JobManager, status.JobState
			got.trigger, got.err = status.SavepointTrigger, status.Error
			if want.savepoint != "" {
				got.savepoint = filepath.Base(status.Savepoint.Path)
			}
			if got != want {
				t.Errorf("read %+v\nwant %+v", got, want)
			}
			if (status.Savepoint.Path == "") != status.Savepoint.Taken.IsZero() {
				t.Errorf("the savepoint %+v has a path or a time alone", status.Savepoint)
			}
		})
	}
}

func TestEveryRecordedResourceIsRead(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "facts", "*.json"))
	if err != nil || len(files) < 20 {
		t.Fatalf("%d recorded resources, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			r := recorded(t, name)
			spec, status := r.specFacts(), r.statusFacts()
			if spec.UID == "" || spec.Generation < 2 || !strings.HasPrefix(spec.JarURI, "local:///opt/jobs/v") || spec.Release != "" {
				t.Errorf("spec %+v", spec)
			}
			if status.ObservedGeneration < 2 || status.ObservedGeneration > spec.Generation || status.Lifecycle == "" || status.JobManager == "" {
				t.Errorf("status %+v", status)
			}
		})
	}
}

func TestTheOperatorsErrorBecomesOneLine(t *testing.T) {
	for sentence, c := range map[string]struct{ raw, want string }{
		"nothing stays nothing":               {"", ""},
		"a reason stands for no message":      {`{"type":"a.b.DeploymentFailedException","additionalMetadata":{"reason":"CrashLoopBackOff"},"throwableList":[]}`, "DeploymentFailedException: CrashLoopBackOff"},
		"the innermost of a chain is told":    {`{"type":"a.ReconciliationException","message":"b.Outer: c.Inner: no","throwableList":[{"type":"b.Outer","message":"c.Inner: no"},{"type":"c.Inner","message":"no\nsecond line"}]}`, "Inner: no"},
		"repeated classes are stripped":       {`{"type":"a.b.ReconciliationException","message":"java.util.concurrent.ExecutionException: org.x.Bad: Could not find a file"}`, "ReconciliationException: Could not find a file"},
		"what is no JSON is its first line":   {"\nplain words\nmore", "plain words"},
		"JSON of another shape is left as is": {`{"a":1}`, `{"a":1}`},
	} {
		if got := operatorError(c.raw); got != c.want {
			t.Errorf("%s: %q, want %q", sentence, got, c.want)
		}
	}
	if long := operatorError(strings.Repeat("ä", 5000)); len([]rune(long)) != 500 {
		t.Errorf("a long error is not bounded: %d characters", len([]rune(long)))
	}
}

func TestNewerOperatorsAreReadToo(t *testing.T) {
	r := resource{&unstructured.Unstructured{Object: map[string]any{"status": map[string]any{
		"observedGeneration":   int64(7),
		"jobStatus":            map[string]any{"upgradeSavepointPath": "s3://b/sp-2", "savepointInfo": map[string]any{"lastSavepoint": map[string]any{"location": "s3://b/sp-1", "timeStamp": int64(1)}}},
		"reconciliationStatus": map[string]any{"reconciliationTimestamp": int64(1795228462978)},
	}}}}
	s := r.statusFacts()
	if s.ObservedGeneration != 7 || s.Savepoint.Path != "s3://b/sp-2" || s.Savepoint.Taken.UnixMilli() != 1795228462978 {
		t.Errorf("read %+v", s)
	}
}

func TestTheJarInEffectIsReadHoweverItIsDelivered(t *testing.T) {
	const jar = "s3://artifacts/jars/abc.jar"
	for delivery, spec := range map[flink.Delivery]map[string]any{
		flink.JarURI: {"job": map[string]any{"jarURI": jar}},
		flink.PipelineJars: {"job": map[string]any{"jarURI": "local:///opt/flink/usrlib/abc.jar"},
			"flinkConfiguration": map[string]any{entrypointArgs: "-Dx=y -Dpipeline.jars=s3://old -Dpipeline.jars=" + jar + " -Da=b"}},
		flink.StandaloneJars: {"job": map[string]any{"args": []any{"--jars", jar, "-Dsluice.jar=abc", "--jars", "mine"}}},
	} {
		if got := delivered(spec); got != jar {
			t.Errorf("%s: %q", delivery, got)
		}
	}
}
