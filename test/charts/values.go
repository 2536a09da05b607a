package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"gopkg.in/yaml.v3"
)

// freeForm are values whose keys are the user's, whatever stands there already.
var freeForm = []string{"nodeSelector", "extraArgs", "resources", "labels", "annotations", "env", "grafana.ini"}

// defaults are the values that a chart and those it brings along have, and the
// text that says so: some stand in comments only.
func defaults(folder string) (map[string]any, string, error) {
	raw, err := os.ReadFile(filepath.Join(folder, "values.yaml"))
	if err != nil {
		return nil, "", fmt.Errorf("no chart lies there: %w", err)
	}
	known := map[string]any{}
	if err := yaml.Unmarshal(raw, &known); err != nil {
		return nil, "", err
	}
	text := string(raw)
	inner, err := filepath.Glob(filepath.Join(folder, "charts", "*", "values.yaml"))
	if err != nil {
		return nil, "", err
	}
	for _, file := range inner {
		values, more, err := defaults(filepath.Dir(file))
		if err != nil {
			return nil, "", err
		}
		name := filepath.Base(filepath.Dir(file))
		above, _ := known[name].(map[string]any)
		known[name] = merged(values, above)
		text += more
	}
	return known, text, nil
}

func merged(below, above map[string]any) map[string]any {
	for key, value := range above {
		inner, isMap := value.(map[string]any)
		under, wasMap := below[key].(map[string]any)
		if isMap && wasMap {
			value = merged(under, inner)
		}
		below[key] = value
	}
	return below
}

// unknown lists the paths of values that a chart does not know. What is empty
// there takes anything, and so does what stands in a comment.
func unknown(known, given map[string]any, text string) []string {
	var found []string
	for key, value := range given {
		under, ok := known[key]
		if !ok {
			if !inComment(text, key) {
				found = append(found, key)
			}
			continue
		}
		inner, isMap := value.(map[string]any)
		below, _ := under.(map[string]any)
		if !isMap || len(below) == 0 || slices.Contains(freeForm, key) {
			continue
		}
		for _, path := range unknown(below, inner, text) {
			found = append(found, key+"."+path)
		}
	}
	slices.Sort(found)
	return found
}

func inComment(text, key string) bool {
	return regexp.MustCompile(`(?m)^\s*#[#\s-]*` + regexp.QuoteMeta(key) + `:`).MatchString(text)
}
