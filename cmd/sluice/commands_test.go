package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/local/demo/whereabouts"
)

// observed is a target of which one thing is known.
type observed struct{ flink.Observation }

func (o observed) Observe(context.Context, flink.Application) (flink.Observation, error) {
	return o.Observation, nil
}
func (observed) Apply(context.Context, flink.Desired) error                 { panic("not asked for") }
func (observed) StartSnapshot(context.Context, flink.SnapshotRequest) error { panic("not asked for") }
func (observed) RemoveSnapshot(context.Context, flink.Application, string) error {
	panic("not asked for")
}
func (observed) Remove(context.Context, flink.Application, int64) error { panic("not asked for") }
func (observed) Snapshot(context.Context, flink.SnapshotRequest) (flink.SnapshotState, error) {
	panic("not asked for")
}

func TestAWrongCommandLineIsToldAndExitsWith2(t *testing.T) {
	for name, args := range map[string][]string{
		"unknown command":          {"relases"},
		"unknown flag":             {"releases", "--newest"},
		"unknown output":           {"releases", "-o", "yaml"},
		"no application":           {"resume"},
		"what is no application":   {"resume", "fraud"},
		"two applications":         {"status", "a/b", "c/d"},
		"two installations":        {"releases", "--dir", "x", "--ledger-bucket", "y"},
		"an unknown operator":      {"status", "--operator", "ververica"},
		"a limit of nothing":       {"releases", "--limit", "0"},
		"an override of no object": {"send", "release-ended.succeeded", "--key", "a/b/c.jar"},
	} {
		t.Run(name, func(t *testing.T) {
			i := memory(t, nil)
			i.Local = &whereabouts.Whereabouts{}
			code, out, errs := call(t, i, args...)
			if code != exitUsage || out != "" || !strings.HasPrefix(errs, "sluice: ") || strings.Count(errs, "\n") != 1 {
				t.Errorf("exit %d, out %q, err %q", code, out, errs)
			}
		})
	}
}

func TestWithoutAnInstallationEveryWayToNameOneIsTold(t *testing.T) {
	t.Chdir(t.TempDir())
	p := &program{env: func(string) string { return "" }}
	_, err := p.openInstallation(t.Context())
	if err == nil || !strings.Contains(err.Error(), "sluice local") || !strings.Contains(err.Error(), "--ledger-bucket") {
		t.Errorf("got %v", err)
	}
}

func TestAResumedApplicationHasItsCircuitClosed(t *testing.T) {
	i := memory(t, []ledger.Document{dirty()})
	code, out, _ := call(t, i, "resume", "team-a/fraud")
	if code != exitWell || !strings.Contains(out, "closed the circuit that release 20260115T094000Z-bbbbbbbb opened") || !strings.Contains(out, "did not come back") {
		t.Errorf("exit %d, %s", code, out)
	}
	d, v, err := i.Ledger.Document(t.Context(), fraud)
	if err != nil || d.Circuit != nil || d.Lease == nil || d.Pending == nil {
		t.Errorf("the document became %+v, %v", d, err)
	}
	code, out, _ = call(t, i, "resume", "team-a/fraud", "-o", "json")
	if code != exitWell || !strings.Contains(out, `"closed": null`) {
		t.Errorf("again: exit %d, %s", code, out)
	}
	if _, again, _ := i.Ledger.Document(t.Context(), fraud); again != v {
		t.Error("closing nothing wrote the ledger")
	}
}

func TestShowSaysWhereAReleaseIsThatHasNoRecord(t *testing.T) {
	i := memory(t, []ledger.Document{dirty()})
	for which, want := range map[string]string{
		"20260115T100000Z-dddddddd": "is in flight",
		"20260115T000000Z-ffffffff": "there is no release",
		"team-a/fraud":              "has no release yet",
	} {
		code, _, errs := call(t, i, "show", which)
		if code != exitFault || !strings.Contains(errs, want) {
			t.Errorf("%s: exit %d, %s", which, code, errs)
		}
	}
}

const manifestText = `apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: {namespace: team-a, name: fraud}
spec:
  image: flink:1.20
  flinkVersion: v1_20
  serviceAccount: flink
  flinkConfiguration:
    state.checkpoints.dir: s3://${DATA_BUCKET}/team-a/fraud/checkpoints
    state.savepoints.dir: s3://${DATA_BUCKET}/team-a/fraud/savepoints
    high-availability.type: kubernetes
    high-availability.storageDir: s3://${DATA_BUCKET}/team-a/fraud/ha
    execution.checkpointing.interval: 10s
  jobManager: {resource: {memory: 1024m, cpu: 0.5}}
  taskManager: {resource: {memory: 1024m, cpu: 0.5}}
  job: {entryClass: com.acme.Fraud, parallelism: 1, upgradeMode: savepoint, state: running}
`

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// writeJar makes a jar with the head of one class.
func writeJar(t *testing.T, dir, name, class string) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	w, err := z.Create(class)
	if err == nil {
		_, err = w.Write([]byte{0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 55})
	}
	if err == nil {
		err = z.Close()
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestGoodFilesValidate(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".", "application.yaml", manifestText)
	writeJar(t, ".", "fraud.jar", "com/acme/Fraud.class")
	code, out, errs := call(t, nil, "validate", ".")
	if code != exitWell || errs != "" {
		t.Errorf("exit %d, %s", code, errs)
	}
	for _, want := range []string{"application.yaml: in order, as team-a/fraud", "fraud.jar: in order, starts com.acme.Fraud, compiled for Java 11", "${DATA_BUCKET}"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

func TestFaultsAreToldWithTheirPlaceAndExitWith1(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".", "application.yaml", strings.Replace(manifestText, "upgradeMode: savepoint", "upgradeMode: sometimes", 1))
	writeJar(t, ".", "other.jar", "com/acme/Other.class")
	write(t, ".", "half.jar", "PK")
	code, out, errs := call(t, nil, "validate", ".")
	if code != exitFault || errs != "" {
		t.Errorf("exit %d, %s", code, errs)
	}
	for _, want := range []string{"application.yaml:16:66: spec.job.upgradeMode: \"sometimes\" is no upgrade mode", "half.jar: check the jar:", "other.jar: check the jar: spec.job.entryClass is com.acme.Fraud, and the jar has no"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	code, out, _ = call(t, nil, "validate", ".", "-o", "json")
	var v validation
	if err := json.Unmarshal([]byte(out), &v); code != exitFault || err != nil || v.Faults[0].Line != 16 {
		t.Errorf("exit %d, %v, %+v", code, err, v)
	}
}

func TestAPinThatDoesNotFitIsAFault(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".", "application.yaml", manifestText+"---\napiVersion: sluice/v1alpha1\nkind: ReleasePolicy\nspec: {artifact: {key: fraud.jar, sha256: \""+strings.Repeat("0", 64)+"\"}}\n")
	writeJar(t, ".", "fraud.jar", "com/acme/Fraud.class")
	writeJar(t, ".", "other.jar", "com/acme/Fraud.class")
	code, out, _ := call(t, nil, "validate", ".")
	if code != exitFault || !strings.Contains(out, "fraud.jar: its SHA-256 is") || !strings.Contains(out, "other.jar: the manifest pins the jar fraud.jar") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

func TestAMissingFileIsOneSentence(t *testing.T) {
	code, _, errs := call(t, nil, "validate", filepath.Join(t.TempDir(), "nothing"))
	if code != exitFault || !strings.HasPrefix(errs, "sluice: there is nothing to validate") {
		t.Errorf("exit %d, %s", code, errs)
	}
}

func TestAnEventIsFilledInForThePlane(t *testing.T) {
	text, err := eventText("object-created.jar")
	if err != nil {
		t.Fatal(err)
	}
	e, err := sendOptions{key: "team-a/fraud/x.jar"}.fill(text, "artifacts", at(0))
	if err != nil {
		t.Fatal(err)
	}
	d, ok, err := events.ObjectCreated(e)
	if err != nil || !ok || d.Bucket.Name != "artifacts" || d.Object.Key != "team-a/fraud/x.jar" || d.Object.VersionID != "" || !e.Time.Equal(at(0)) {
		t.Errorf("%+v %+v %v", e, d, err)
	}
}

func TestSendOnAWSSaysWhatToDoInstead(t *testing.T) {
	i := memory(t, nil)
	i.Artifacts = "prod-artifacts"
	code, _, errs := call(t, i, "send", "object-created.jar")
	if code != exitFault || !strings.Contains(errs, "aws s3 cp FILE s3://prod-artifacts/") {
		t.Errorf("exit %d, %s", code, errs)
	}
}

func TestSendNamesWhatThereIs(t *testing.T) {
	i := memory(t, nil)
	i.Local = &whereabouts.Whereabouts{}
	code, _, errs := call(t, i, "send", "no-such-event")
	if code != exitFault || !strings.Contains(errs, "neither a file nor a test event") {
		t.Errorf("exit %d, %s", code, errs)
	}
}

func TestAChangeIsNotSentToTheDefaultBus(t *testing.T) {
	i := memory(t, nil)
	i.Local = &whereabouts.Whereabouts{}
	code, _, errs := call(t, i, "send", "change-requested.rollback")
	if code != exitFault || !strings.Contains(errs, "sluice restart, rollback") {
		t.Errorf("exit %d, %s", code, errs)
	}
}

func TestVersionTellsOfThisBuild(t *testing.T) {
	if code, out, _ := call(t, nil, "version"); code != exitWell || !strings.HasPrefix(out, "sluice ") {
		t.Errorf("exit %d, %s", code, out)
	}
	if v := versionOf(nil); v.Version != "(unknown)" {
		t.Errorf("without build information: %+v", v)
	}
}

func TestAnInterruptedCommandSaysSoInAWord(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var out, errs bytes.Buffer
	p := &program{out: &out, err: &errs, env: func(string) string { return "" }, open: func(ctx context.Context) (*installation, error) {
		cancel()
		return nil, fmt.Errorf("read the ledger: %w", ctx.Err())
	}}
	if code := p.run(ctx, []string{"releases"}); code != exitInterrupted || errs.String() != "sluice: interrupted\n" {
		t.Errorf("exit %d, %s", code, errs.String())
	}
}
