package mirror_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/mirror"
	"github.com/sluice-flink/sluice/infra/platform"
)

const registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/mirror"

// read is a platform of eu-west-1 with some lines more.
func read(t *testing.T, lines string) platform.Platform {
	t.Helper()
	p, err := platform.Read("f.yaml", []byte("region: eu-west-1\n"+lines), platform.AllRegions())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func names(all []mirror.Chart) []string {
	var names []string
	for _, c := range all {
		names = append(names, c.Name)
	}
	return names
}

func TestWhatIsCopiedIsWhatTheFileInstallsAndNoMore(t *testing.T) {
	all := mirror.Of(read(t, "mirror: {registry: "+registry+"}\n"))
	if len(all.Charts) != 9 {
		t.Errorf("%v", names(all.Charts))
	}
	little := mirror.Of(read(t, "flinkOperator: {kind: Apache}\nobservability: {metrics: false, grafana: false, podLogs: false}\naddOns: {yunikorn: false, metricsServer: false, nodeScaling: ClusterAutoscaler}\ncluster: {version: \"1.34\"}\n"))
	if diff := cmp.Diff([]string{"cert-manager", "cluster-autoscaler", "flink-kubernetes-operator"}, names(little.Charts)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var images []string
	for _, i := range little.Images {
		if !strings.HasPrefix(i.From, "quay.io/jetstack/") {
			images = append(images, i.From)
		}
	}
	want := []string{
		"registry.k8s.io/autoscaling/cluster-autoscaler:" + charts.AutoscalerImages["1.34"],
		"ghcr.io/apache/flink-kubernetes-operator:" + charts.ApacheOperator.Version,
		charts.Flink.From(),
	}
	if diff := cmp.Diff(want, images); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWithoutGrafanaItsImagesAreNotCopied(t *testing.T) {
	for lines, want := range map[string]bool{"": true, "observability: {grafana: false}\n": false} {
		all := mirror.Of(read(t, lines))
		if got := slices.ContainsFunc(all.Images, func(i mirror.Image) bool { return strings.Contains(i.From, "grafana/grafana") }); got != want {
			t.Errorf("%q: %t", lines, got)
		}
	}
}

func TestWithoutAMirrorEverythingIsWhereItsMakersPublishIt(t *testing.T) {
	all := mirror.Of(read(t, ""))
	for _, c := range all.Charts {
		if c.From != c.To {
			t.Errorf("%s: %s, %s", c.Name, c.From, c.To)
		}
	}
	for _, i := range all.Images {
		if !strings.HasPrefix(i.From, i.To) {
			t.Errorf("%s, %s", i.From, i.To)
		}
	}
}

// A shell runs the script, with commands in the place of aws, crane and helm that
// write down how they were called.
func TestTheScriptCopiesEachThingToWhereThePlatformLooksForIt(t *testing.T) {
	p := read(t, "mirror: {registry: "+registry+"}\n")
	all := mirror.Of(p)
	calls := run(t, all.Script(), `exit 1`)
	for _, i := range all.Images {
		if !slices.Contains(calls, "crane copy "+i.From+" "+i.To) {
			t.Errorf("%s is not copied", i.From)
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(i.To, "123456789012.dkr.ecr.eu-west-1.amazonaws.com/"), ":")
		made := slices.Index(calls, "aws ecr create-repository --region eu-west-1 --repository-name "+name)
		if made < 0 || made > slices.Index(calls, "crane copy "+i.From+" "+i.To) {
			t.Errorf("the repository %s is made by call %d", name, made)
		}
	}
	for _, want := range []string{
		"crane auth login 123456789012.dkr.ecr.eu-west-1.amazonaws.com --username AWS --password-stdin",
		"helm registry login 123456789012.dkr.ecr.eu-west-1.amazonaws.com --username AWS --password-stdin",
		"crane copy quay.io/jetstack/charts/cert-manager:v1.21.1 " + registry + "/quay.io/jetstack/charts/cert-manager:v1.21.1",
		"helm pull metrics-server --repo https://kubernetes-sigs.github.io/metrics-server/ --version 3.13.1 --destination FOLDER",
		"helm push FOLDER/metrics-server-3.13.1.tgz oci://" + registry + "/kubernetes-sigs.github.io/metrics-server",
		"aws ecr create-repository --region eu-west-1 --repository-name mirror/kubernetes-sigs.github.io/metrics-server/metrics-server",
	} {
		if !slices.Contains(calls, want) {
			t.Errorf("it does not run %s:\n%s", want, strings.Join(calls, "\n"))
		}
	}
	if again := run(t, all.Script(), `exit 0`); strings.Contains(strings.Join(again, "\n"), "create-repository") {
		t.Error("a repository that is there is made again")
	}
}

func TestAnotherRegistryThanECRsIsCopiedToWithoutAWS(t *testing.T) {
	all := mirror.Of(read(t, "mirror: {registry: \"registry.example.com:5000\"}\n"))
	for _, call := range run(t, all.Script(), `exit 1`) {
		if strings.HasPrefix(call, "aws ") || strings.Contains(call, "login") {
			t.Errorf("it runs %s", call)
		}
	}
}

func TestAScriptThatWasCutOffCopiesNothing(t *testing.T) {
	script := mirror.Of(read(t, "mirror: {registry: "+registry+"}\n")).Script()
	bin := tools(t, `exit 1`)
	command := shell(bin, script[:len(script)-len("copies </dev/null\n")-2])
	if err := command.Run(); err == nil {
		t.Error("half of it is taken for all")
	}
	if _, err := os.Stat(filepath.Join(bin, "calls")); err == nil {
		t.Error("it ran")
	}
}

// run gives the script to a shell as a pipe does, and returns what it called; the
// answer to whether a repository is there is given.
func run(t *testing.T, script, there string) []string {
	t.Helper()
	bin := tools(t, there)
	if out, err := shell(bin, script).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, script)
	}
	raw, err := os.ReadFile(filepath.Join(bin, "calls"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(raw)), "\n")
}

func shell(bin, script string) *exec.Cmd {
	command := exec.Command("sh")
	command.Stdin = strings.NewReader(script)
	command.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "TMPDIR=" + bin}
	return command
}

func tools(t *testing.T, there string) string {
	t.Helper()
	bin := t.TempDir()
	const line = `#!/bin/sh
echo "${0##*/} $*" | sed "s|$TMPDIR/tmp[^/ ]*|FOLDER|" >> "$TMPDIR/calls"
`
	for name, more := range map[string]string{"aws": "case \"$*\" in *describe-repositories*) " + there + ";; *get-login-password*) echo secret;; esac\n", "crane": "", "helm": ""} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(line+more), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}
