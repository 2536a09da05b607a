package eks

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/sluice-flink/sluice/internal/flink"
)

var rehearsedApp = flink.Application{Namespace: "team-a", Name: "fraud"}

func aRehearsal() flink.Rehearsal {
	return flink.Rehearsal{Application: rehearsedApp, ID: "r1", Revision: flink.Revision{ID: "abc"}, Snapshot: "s3://state/sp/savepoint-1", Within: 5 * time.Minute}
}

// aStage is an application whose JobManager has all that a pod template can bring.
func aStage(t *testing.T, change func(s *stage)) stage {
	t.Helper()
	text, err := os.ReadFile("testdata/rehearsal/stage.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var read struct{ Spec, Pod map[string]any }
	if err := yaml.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	s := stage{spec: read.Spec, pod: read.Pod, owner: metav1.OwnerReference{APIVersion: "flink.apache.org/v1beta1", Kind: "FlinkDeployment", Name: "fraud", UID: "u1"}}
	if change != nil {
		change(&s)
	}
	return s
}

func TestARehearsalIsTheJobManagersPodWithoutWhatItSharesWithOthers(t *testing.T) {
	job, err := rehearsalJob(aRehearsal(), aStage(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	const file = "testdata/rehearsal/job.yaml"
	if *golden {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || string(want) != string(text) {
		t.Errorf("%v; written is\n%s", err, text)
	}
}

// The application's Services select pods by these: a rehearsal among them would
// be asked for the running job.
func TestARehearsalHasNoLabelOfTheApplication(t *testing.T) {
	job, err := rehearsalJob(aRehearsal(), aStage(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	labels := mapping(mapping(mapping(mapping(job, "spec"), "template"), "metadata"), "labels")
	for _, name := range []string{"app", "component", "type"} {
		if labels[name] != nil {
			t.Errorf("the pod has the label %s", name)
		}
	}
	if labels[rehearsalOf] != "fraud" {
		t.Errorf("the NetworkPolicy does not select %v", labels)
	}
}

func TestWhatCannotBeRehearsedIsRefusedByName(t *testing.T) {
	for word, change := range map[string]func(s *stage){
		"Python":         func(s *stage) { child(s.spec, "job")["entryClass"] = pythonDriver },
		"scheduler-mode": func(s *stage) { child(s.spec, "flinkConfiguration")["scheduler-mode"] = "reactive" },
		"before 1.19":    func(s *stage) { s.spec["flinkVersion"] = "v1_18" },
		"the node's":     func(s *stage) { s.pod["hostNetwork"] = true },
		mainContainer:    func(s *stage) { s.pod["containers"] = []any{} },
	} {
		_, err := rehearsalJob(aRehearsal(), aStage(t, change))
		if flink.CodeOf(err) != flink.Refused || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: got %v", word, err)
		}
	}
}

// The longest name that an application may have, and Kubernetes' limit of a label.
func TestARehearsalsNameFitsALabel(t *testing.T) {
	r := aRehearsal()
	r.Application.Name = strings.Repeat("a", 45)
	if name := rehearsalName(r); len(name) > 63 {
		t.Errorf("%s has %d characters", name, len(name))
	}
}

func TestTheJarAndTheArgumentsAreThoseThatRun(t *testing.T) {
	for sentence, c := range map[string]struct {
		spec string
		want string
	}{
		"a jar that the JobManager fetches": {
			`{"job":{"jarURI":"local:///opt/flink/usrlib/abc.jar","entryClass":"C","args":["--x","1"]},"flinkConfiguration":{"kubernetes.jobmanager.entrypoint.args":"-Dpipeline.jars=s3://b/k.jar"}}`,
			"--job-classname C --jars s3://b/k.jar -- --x 1"},
		"a jar by the job's arguments": {
			`{"job":{"entryClass":"C","args":["--jars","s3://b/k.jar","-Dsluice.jar=abc","--x",1]}}`,
			"--job-classname C --jars s3://b/k.jar -- --x 1"},
		"EMR's own, with state that may be left behind": {
			`{"job":{"jarURI":"s3://b/k.jar","allowNonRestoredState":true}}`,
			"--allowNonRestoredState --jars s3://b/k.jar --"},
	} {
		var spec map[string]any
		if err := json.Unmarshal([]byte(c.spec), &spec); err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, a := range rehearsalArgs(aRehearsal(), spec) {
			words = append(words, a.(string))
		}
		if got := strings.Join(words, " "); !strings.HasSuffix(got, "--fromSavepoint s3://state/sp/savepoint-1 "+c.want) {
			t.Errorf("%s: …%s\nwant …%s", sentence, got[max(0, len(got)-140):], c.want)
		}
	}
}

func TestTheEndOfAJobManagerIsToldInItsLastWords(t *testing.T) {
	log := "12:00 ERROR Could not start\njava.lang.RuntimeException: x\nCaused by: A: outer\n\tat y\nCaused by: B: the cause\n\tat z"
	pod := map[string]any{"status": map[string]any{"containerStatuses": []any{map[string]any{"state": map[string]any{
		"terminated": map[string]any{"exitCode": int64(2), "reason": "Error"}}}}}}
	if got := podEnd(pod); !strings.HasSuffix(got, "exit code 2 (Error)") {
		t.Errorf("got %q", got)
	}
	if got := innermostCause(log); got != "B: the cause" {
		t.Errorf("got %q", got)
	}
	job := map[string]any{"status": map[string]any{"conditions": []any{map[string]any{"type": "Failed", "status": "True", "reason": "DeadlineExceeded", "message": "Job was active longer than specified deadline"}}}}
	if got := jobEnd(job); !strings.Contains(got, "DeadlineExceeded") {
		t.Errorf("got %q", got)
	}
}
