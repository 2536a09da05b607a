package examples

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

type template struct {
	Outputs   map[string]any
	Resources map[string]struct {
		Type       string
		Properties map[string]any
	}
}

func readTemplate(root, stack string) (template, error) {
	var t template
	raw, err := os.ReadFile(filepath.Join(root, "infra", "testdata", "platform", stack+".template.json"))
	if err != nil {
		return t, err
	}
	if err := json.Unmarshal(raw, &t); err != nil {
		return t, fmt.Errorf("%s: %w", stack, err)
	}
	return t, nil
}

// ofType are the properties of the resources of a type.
func (t template) ofType(kind string) []map[string]any {
	var all []map[string]any
	for _, r := range t.Resources {
		if r.Type == kind {
			all = append(all, r.Properties)
		}
	}
	return all
}

// objects are the Kubernetes objects of a kind that a stack applies.
func (t template) objects(kind string) ([]map[string]any, error) {
	var found []map[string]any
	for _, r := range t.ofType("Custom::AWSCDK-EKS-KubernetesResource") {
		text := deployed(r["Manifest"])
		if !strings.Contains(text, `"kind":"`+kind+`"`) {
			continue
		}
		var all []map[string]any
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			return nil, fmt.Errorf("what is applied is %q: %w", text, err)
		}
		for _, object := range all {
			if object["kind"] == kind {
				found = append(found, object)
			}
		}
	}
	return found, nil
}

// at is what stands below a path of names, or nil.
func at(v any, path ...string) any {
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}
