//go:build e2e

package platform

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// templates are the committed ones, which a test of infra holds equal to a fresh synthesis.
const templates = "../../../infra/testdata/platform/*.template.json"

// manifest is the type by which the CDK applies objects.
const manifest = "Custom::AWSCDK-EKS-KubernetesResource"

// carried are the objects that stacks apply, by stack.
func carried(t *testing.T) map[string][]*unstructured.Unstructured {
	t.Helper()
	files, err := filepath.Glob(templates)
	must(t, err)
	all := map[string][]*unstructured.Unstructured{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		must(t, err)
		var template struct {
			Resources map[string]struct {
				Type       string
				Properties struct{ Manifest any }
			}
		}
		must(t, json.Unmarshal(raw, &template))
		for _, r := range template.Resources {
			if r.Type != manifest {
				continue
			}
			var objects []map[string]any
			must(t, json.Unmarshal([]byte(deployed(r.Properties.Manifest)), &objects))
			for _, object := range objects {
				stack := strings.TrimSuffix(filepath.Base(file), ".template.json")
				all[stack] = append(all[stack], &unstructured.Unstructured{Object: object})
			}
		}
	}
	return all
}

// deployed is a text with something in place of what CloudFormation knows first.
func deployed(v any) string {
	object, ok := v.(map[string]any)
	if !ok {
		return fmt.Sprint(v)
	}
	if output, ok := object["Fn::ImportValue"].(string); ok {
		return imported(output)
	}
	join, ok := object["Fn::Join"].([]any)
	if !ok {
		return "deployed"
	}
	var b strings.Builder
	for _, part := range join[1].([]any) {
		b.WriteString(deployed(part))
	}
	return b.String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
