//go:build e2e

package platform

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/infra/charts"
)

// definitions is a folder with the operator's definitions and those of what the
// platform installs, of the same versions: Karpenter's chart has those of its Go
// module, and so has the chart of Prometheus' operator.
func definitions(t *testing.T, operators string) string {
	t.Helper()
	all := t.TempDir()
	monitoring := filepath.Join(module(t, "github.com/prometheus-operator/prometheus-operator@"+charts.PrometheusStack.App), "example", "prometheus-operator-crd")
	for _, pattern := range []string{
		filepath.Join(operators, "*.y*ml"),
		filepath.Join(module(t, "github.com/aws/karpenter-provider-aws@v"+charts.KarpenterCRDs.Version), "pkg", "apis", "crds", "*.yaml"),
		filepath.Join(monitoring, "*_podmonitors.yaml"), filepath.Join(monitoring, "*_servicemonitors.yaml"),
	} {
		files, err := filepath.Glob(pattern)
		must(t, err)
		if len(files) == 0 {
			t.Fatalf("there are no definitions in %s", pattern)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			must(t, err)
			must(t, os.WriteFile(filepath.Join(all, filepath.Base(file)), content, 0o600))
		}
	}
	return all
}

// module is the folder of a Go module, downloaded outside of any other, so that no
// go.mod is changed by the look-up.
func module(t *testing.T, version string) string {
	t.Helper()
	download := exec.Command("go", "mod", "download", "-json", version)
	download.Dir = t.TempDir()
	out, err := download.Output()
	must(t, err)
	var found struct{ Dir string }
	must(t, json.Unmarshal(out, &found))
	return found.Dir
}

// imported is an id of the kind that another stack's output has, by its name.
func imported(output string) string {
	switch {
	case strings.Contains(output, "Subnet"):
		return "subnet-0123456789abcdef0"
	case strings.Contains(output, "SecurityGroup"):
		return "sg-0123456789abcdef0"
	}
	return "deployed"
}
