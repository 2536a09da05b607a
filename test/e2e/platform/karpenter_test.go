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

// withKarpenter is a folder with the operator's definitions and Karpenter's, those
// of the version that the platform installs: its chart's are those of its Go module.
func withKarpenter(t *testing.T, operators string) string {
	t.Helper()
	// Outside of any module, so that no go.mod is changed by the look-up.
	download := exec.Command("go", "mod", "download", "-json", "github.com/aws/karpenter-provider-aws@v"+charts.KarpenterCRDs.Version)
	download.Dir = t.TempDir()
	out, err := download.Output()
	must(t, err)
	var module struct{ Dir string }
	must(t, json.Unmarshal(out, &module))
	all := t.TempDir()
	for _, pattern := range []string{filepath.Join(operators, "*.y*ml"), filepath.Join(module.Dir, "pkg", "apis", "crds", "*.yaml")} {
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
