package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// installation is a chart as a template installs it.
type installation struct {
	Template, Chart, Repository, Version, Release, Namespace string
	Values                                                   map[string]any
}

// installations are those of all templates, in the order of their files.
func installations(templates []string) ([]installation, error) {
	var all []installation
	for _, file := range templates {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		found, err := installedBy(filepath.Base(file), raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, found...)
	}
	return all, nil
}

func installedBy(name string, raw []byte) ([]installation, error) {
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(raw, &template); err != nil {
		return nil, err
	}
	var all []installation
	for id, r := range template.Resources {
		if r.Type != "Custom::AWSCDK-EKS-HelmChart" {
			continue
		}
		one := installation{
			Template: name, Chart: plain(r.Properties["Chart"]), Repository: plain(r.Properties["Repository"]),
			Version: plain(r.Properties["Version"]), Release: plain(r.Properties["Release"]), Namespace: plain(r.Properties["Namespace"]),
		}
		if values := plain(r.Properties["Values"]); values != "" {
			if err := json.Unmarshal([]byte(values), &one.Values); err != nil {
				return nil, fmt.Errorf("the values of %s: %w", id, err)
			}
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b installation) int { return strings.Compare(a.Chart, b.Chart) })
	return all, nil
}

// plain is a property as text; what is known only when it is deployed, as the
// name of a queue, becomes the word "later".
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case map[string]any:
		if join, ok := v["Fn::Join"].([]any); ok && len(join) == 2 {
			var b strings.Builder
			parts, _ := join[1].([]any)
			for i, part := range parts {
				if i > 0 {
					b.WriteString(plain(join[0]))
				}
				b.WriteString(plain(part))
			}
			return b.String()
		}
	}
	return "later"
}
