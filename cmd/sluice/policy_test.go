package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/manifest"
)

const platformText = `apiVersion: sluice/v1alpha1
kind: PlatformPolicy
spec:
  defaults:
    bakeTime: 20m
    syncWindows: [{kind: deny, schedule: "0 17 * * 5", duration: 63h, timeZone: Europe/Paris}]
  locked: [syncWindows, rollback.mode]
  allow: {stateLocations: ["s3://${DATA_BUCKET}/${NAMESPACE}/"]}
`

const namespaceText = `apiVersion: sluice/v1alpha1
kind: NamespacePolicy
spec:
  defaults: {analysis: {cloudWatchAlarms: ["${APPLICATION}-latency"]}}
  locked: [analysis.cloudWatchAlarms]
`

const policyText = `---
apiVersion: sluice/v1alpha1
kind: ReleasePolicy
spec: {bakeTime: 5m, artifact: {key: fraud.jar}}
`

// bucket is an installation whose artifact bucket holds these objects.
func bucket(t *testing.T, objects map[string]string) *installation {
	t.Helper()
	i := memory(t, nil)
	i.Artifacts, i.Dropped = "artifacts", ledger.NewMemory()
	for key, text := range objects {
		if err := i.Dropped.Put(t.Context(), key, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return i
}

func TestAPolicyIsExplainedFieldByField(t *testing.T) {
	complete := map[string]string{manifest.PlatformKey(): platformText, manifest.NamespaceKey("team-a"): namespaceText, fraud.ManifestKey(): manifestText + policyText}
	for name, c := range map[string]struct {
		objects map[string]string
		args    []string
	}{
		"policy-explain":          {complete, nil},
		"policy-explain-nothing":  {nil, nil},
		"policy-explain-machines": {complete, []string{"--json"}},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := call(t, bucket(t, c.objects), append([]string{"policy", "explain", "team-a/fraud"}, c.args...)...)
			if code != exitWell || errs != "" {
				t.Errorf("exit %d, %s", code, errs)
			}
			golden(t, name, out)
		})
	}
}

func TestAPolicyIsExplainedFromFilesAsFromTheInstallation(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".", "application.yaml", manifestText+policyText)
	write(t, ".", "platform.yaml", platformText)
	write(t, ".", "team-a.yaml", namespaceText)
	settings := func(i *installation, args ...string) []manifest.Setting {
		code, out, errs := call(t, i, append([]string{"policy", "explain", "-o", "json"}, args...)...)
		var e explanation
		if err := json.Unmarshal([]byte(out), &e); err != nil || code != exitWell {
			t.Fatalf("exit %d, %s%s: %v", code, errs, out, err)
		}
		return e.Settings
	}
	online := settings(bucket(t, map[string]string{manifest.PlatformKey(): platformText, manifest.NamespaceKey("team-a"): namespaceText, fraud.ManifestKey(): manifestText + policyText}), "team-a/fraud")
	offline := settings(nil, "--file", "application.yaml", "--platform", "platform.yaml", "--namespace", "team-a.yaml")
	a, errA := json.Marshal(online)
	b, errB := json.Marshal(offline)
	if err := errors.Join(errA, errB); err != nil || string(a) != string(b) {
		t.Errorf("%v\n%s\n%s", err, a, b)
	}
	if layers := settings(nil, "team-a/other", "--platform", "platform.yaml"); len(layers) == 0 {
		t.Error("layers alone explain nothing")
	}
}

func TestWhatCannotBeExplainedIsSaid(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".", "platform.yaml", platformText)
	broken := strings.Replace(platformText, "20m", "long", 1)
	locked := manifestText + strings.Replace(policyText, "bakeTime: 5m", "rollback: {mode: Manual}", 1)
	for name, c := range map[string]struct {
		i    *installation
		args []string
		code int
		want string
	}{
		"no application":       {nil, nil, exitUsage, "name the application"},
		"no artifact bucket":   {memory(t, nil), []string{"team-a/fraud"}, exitFault, "--artifact-bucket"},
		"a broken layer":       {bucket(t, map[string]string{manifest.PlatformKey(): broken}), []string{"team-a/fraud"}, exitFault, "s3://artifacts/_platform/policy.yaml:5:15: spec.defaults.bakeTime"},
		"a locked field":       {bucket(t, map[string]string{manifest.PlatformKey(): platformText, fraud.ManifestKey(): locked}), []string{"team-a/fraud"}, exitFault, "s3://artifacts/team-a/fraud/application.yaml:20:25: spec.rollback.mode: the platform has locked it (_platform/policy.yaml, line 7)"},
		"a layer's wrong flag": {nil, []string{"team-a/fraud", "--namespace", "platform.yaml"}, exitFault, "give it with --platform"},
		"a missing file":       {nil, []string{"--file", "nothing.yaml"}, exitFault, "read the manifest"},
		"a missing layer":      {nil, []string{"team-a/fraud", "--platform", "nothing.yaml"}, exitFault, "read the policy of the platform"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := call(t, c.i, append([]string{"policy", "explain"}, c.args...)...)
			if code != c.code || !strings.Contains(out+errs, c.want) {
				t.Errorf("exit %d\n%s%s", code, out, errs)
			}
		})
	}
}

func TestEveryPolicyDocumentHasASchemaForEditors(t *testing.T) {
	for kind := range manifest.Schemas() {
		code, out, errs := call(t, nil, "policy", "schema", kind)
		var schema map[string]any
		if err := json.Unmarshal([]byte(out), &schema); err != nil || code != exitWell || schema["title"] != kind {
			t.Errorf("%s: exit %d, %s: %v", kind, code, errs, err)
		}
	}
	for _, args := range [][]string{{"policy", "schema", "Policy"}, {"policy"}, {"policy", "show"}} {
		if code, _, errs := call(t, nil, args...); code != exitUsage || !strings.HasPrefix(errs, "sluice: ") {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
	}
}

func TestValidationCountsTheLayersThatAreGiven(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".", "application.yaml", manifestText)
	write(t, ".", "platform.yaml", platformText)
	write(t, ".", "elsewhere.yaml", strings.Replace(platformText, "${NAMESPACE}", "other", 1))
	write(t, ".", "broken.yaml", strings.Replace(platformText, "20m", "long", 1))
	for layer, c := range map[string]struct {
		code int
		want string
	}{
		"platform.yaml":  {exitWell, "application.yaml: in order, as team-a/fraud"},
		"elsewhere.yaml": {exitFault, "application.yaml:9:28: spec.flinkConfiguration.state.checkpoints.dir"},
		"broken.yaml":    {exitFault, "broken.yaml:5:15: spec.defaults.bakeTime: \"long\" is no duration"},
	} {
		code, out, _ := call(t, nil, "validate", "application.yaml", "--platform", layer)
		if code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%s: exit %d\n%s", layer, code, out)
		}
	}
}

func TestAJarBesideAnImageOnlyManifestIsAFault(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".", "application.yaml", strings.Replace(manifestText, "entryClass: com.acme.Fraud", "jarURI: local:///opt/flink/usrlib/fraud.jar, entryClass: com.acme.Fraud", 1))
	if code, out, _ := call(t, nil, "validate", "."); code != exitWell || !strings.Contains(out, "the jar is in the image") {
		t.Errorf("exit %d\n%s", code, out)
	}
	writeJar(t, ".", "fraud.jar", "com/acme/Fraud.class")
	if code, out, _ := call(t, nil, "validate", "."); code != exitFault || !strings.Contains(out, "fraud.jar: the manifest runs the jar that is in its image") {
		t.Errorf("exit %d\n%s", code, out)
	}
}
