//go:build e2e

package adapter

import (
	"archive/zip"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"testing"

	"github.com/sluice-flink/sluice/local/cluster"
	"github.com/sluice-flink/sluice/local/kit"
)

// newer is the first release whose definitions have FlinkStateSnapshot.
const newer = "1.10.0"

func TestTheAdapterDoesWhatItSaysOnARealKubernetesAPI(t *testing.T) {
	k, err := kit.Ensure(t.Context(), kit.Options{Out: os.Stdout})
	must(t, err)
	module, err := kit.ModuleRoot()
	must(t, err)
	binary := filepath.Join(t.TempDir(), "eks.test")
	run(t, module, nil, "go", "test", "-c", "-tags", "cluster", "-o", binary, "./internal/eks")
	for name, definitions := range map[string]struct{ variable, folder string }{
		"the operator of a laptop":     {"SLUICE_TEST_CRDS", k.CRDs},
		"one with savepoint resources": {"SLUICE_TEST_NEWER_CRDS", definitionsOf(t, newer)},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := cluster.StartBare(t.Context(), cluster.Options{Binary: k.Kube, Images: []byte(`{}`), Dir: t.TempDir(), S3: "127.0.0.1:9"})
			must(t, err)
			defer c.Stop()
			run(t, filepath.Join(module, "internal", "eks"), []string{"KUBECONFIG=" + c.Kubeconfig, definitions.variable + "=" + definitions.folder}, binary, "-test.v", "-test.timeout=10m")
		})
	}
}

// definitionsOf are the custom resource definitions of an operator, as its jar of
// them has them.
func definitionsOf(t *testing.T, version string) string {
	t.Helper()
	into := t.TempDir()
	run(t, into, nil, "mvn", "-q", "-B", "-ntp", "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy",
		"-Dartifact=org.apache.flink:flink-kubernetes-operator-api:"+version, "-DoutputDirectory="+into)
	jar, err := zip.OpenReader(filepath.Join(into, "flink-kubernetes-operator-api-"+version+".jar"))
	must(t, err)
	defer jar.Close()
	found := 0
	for _, f := range jar.File {
		if path.Dir(f.Name) != "META-INF/fabric8" || path.Ext(f.Name) != ".yml" {
			continue
		}
		r, err := f.Open()
		must(t, err)
		content, err := io.ReadAll(r)
		must(t, err)
		must(t, os.WriteFile(filepath.Join(into, path.Base(f.Name)), content, 0o600))
		found++
	}
	if found == 0 {
		t.Fatalf("there are no definitions in the operator's jar of version %s", version)
	}
	return into
}

// run runs a command to its end; what it printed is the test's log.
func run(t *testing.T, dir string, environment []string, name string, arguments ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, arguments...)
	c.Dir, c.Env = dir, append(os.Environ(), environment...)
	out, err := c.CombinedOutput()
	t.Logf("%s\n%s", c, out)
	must(t, err)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
