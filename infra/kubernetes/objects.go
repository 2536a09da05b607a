package kubernetes

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"regexp"

	"gopkg.in/yaml.v3"
)

// Object is a Kubernetes object as JSON has it.
type Object = map[string]any

var (
	//go:embed fence-policy.yaml
	fencePolicy string
	//go:embed rbac.yaml
	releasers string
	//go:embed rehearsal.yaml
	rehearsers string
	//go:embed team.yaml
	team string
)

// FencePolicy refuses the late writes of a release that lost its lease, once for
// the cluster.
func FencePolicy() []Object { return objects(fencePolicy, nil) }

var placeholder = regexp.MustCompile(`\$\{[A-Za-z]+\}`)

// objects reads the documents of a file with ${...} filled in. Every file here is
// embedded and read by a test: what is wrong with one is wrong with the build.
func objects(text string, values map[string]string) []Object {
	filled := placeholder.ReplaceAllStringFunc(text, func(found string) string {
		value, known := values[found[2:len(found)-1]]
		if !known {
			panic(fmt.Sprintf("an object of ours has %s, which nobody fills in", found))
		}
		return value
	})
	var all []Object
	for decoder := yaml.NewDecoder(bytes.NewReader([]byte(filled))); ; {
		var object Object
		err := decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			panic(fmt.Sprintf("an object of ours is no YAML: %v", err))
		}
		if object != nil {
			all = append(all, object)
		}
	}
}

// within puts objects into a namespace.
func within(namespace string, all []Object) []Object {
	for _, object := range all {
		object["metadata"].(map[string]any)["namespace"] = namespace
	}
	return all
}
