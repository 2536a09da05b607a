package examples

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/manifest"
	"github.com/sluice-flink/sluice/internal/webpage"
)

// NotReleased are the examples that are for kubectl: no release takes them yet.
var NotReleased = []string{"session"}

// Example is a folder of examples/eks, filled in for the platform's first team.
type Example struct {
	Name string
	Text []byte
	flink.Application
	Values    map[string]string // of its placeholders, beside those of every application
	Policy    []byte            // of the namespace, where the example needs one; else nil
	Resources []map[string]any  // as kubectl is given them
}

// Released says whether a release takes it.
func (e Example) Released() bool { return !slices.Contains(NotReleased, e.Name) }

// Deployment is its FlinkDeployment.
func (e Example) Deployment() map[string]any { return e.Resources[0] }

// Team is the one that the examples are filled in for.
func Team() platform.Team { return platform.New().Teams[0] }

// Read reads every example; root is the folder of the project.
func Read(root string) ([]Example, error) {
	values, err := Placeholders(root)
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(root, "examples", "eks", "*", flink.ManifestFile))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("there are no examples below %s: %w", root, err)
	}
	var all []Example
	for _, file := range files {
		e := Example{Name: filepath.Base(filepath.Dir(file)), Values: values}
		e.Application = flink.Application{Namespace: Team().Namespace, Name: e.Name}
		if e.Text, err = os.ReadFile(file); err != nil {
			return nil, err
		}
		if e.Policy, err = os.ReadFile(filepath.Join(filepath.Dir(file), "namespace.yaml")); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if e.Resources, err = e.fill(); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
		all = append(all, e)
	}
	return all, nil
}

// fill is what a release would apply or, where none takes it, sluice render prints.
func (e Example) fill() ([]map[string]any, error) {
	if !e.Released() {
		return manifest.Fill(e.Text, e.Application, e.Values)
	}
	m, err := e.parse()
	if err != nil {
		return nil, err
	}
	if uri, _ := at(m.Resource, "spec", "job", "jarURI").(string); uri == "" {
		return nil, fmt.Errorf("it has no jar in its image, and somebody would have to build one first")
	}
	return []map[string]any{m.Resource}, nil
}

// parse reads it as a release does.
func (e Example) parse() (*manifest.Manifest, error) {
	var layers []*manifest.Layer
	if e.Policy != nil {
		layer, err := manifest.ParseLayer(e.Policy, manifest.NamespaceKey(e.Namespace))
		if err != nil {
			return nil, err
		}
		layers = append(layers, layer)
	}
	return manifest.Parse(e.Text, e.Application, e.Values, layers...)
}

// Placeholders is what the platform fills manifests in with: the output of its
// event plane, with something in place of what CloudFormation knows first.
func Placeholders(root string) (map[string]string, error) {
	plane, err := readTemplate(root, "sluice-eventplane")
	if err != nil {
		return nil, err
	}
	var values map[string]string
	text := deployed(at(plane.Outputs, functions.PlaceholdersOutput, "Value"))
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return nil, fmt.Errorf("the output %s is %q: %w", functions.PlaceholdersOutput, text, err)
	}
	// The usual platform serves no web pages; the example of one says that it needs them.
	values[webpage.DomainPlaceholder] = "flink.example.com"
	return values, nil
}

// deployed is a text of a template with something in place of references.
func deployed(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	if output, ok := at(v, "Fn::ImportValue").(string); ok {
		return bucketOf(output)
	}
	switch name, _ := at(v, "Ref").(string); name {
	case "AWS::Partition":
		return "aws"
	case "AWS::AccountId":
		return "111122223333"
	}
	parts, _ := at(v, "Fn::Join").([]any)
	if len(parts) < 2 {
		return "deployed"
	}
	var b strings.Builder
	for _, part := range parts[1].([]any) {
		b.WriteString(deployed(part))
	}
	return b.String()
}

// bucketOf tells the buckets of the data stack apart.
func bucketOf(output string) string {
	for _, name := range []string{"State", "Logs", "Jobs"} {
		if strings.Contains(output, "ExportsOutputRef"+name) {
			return "acme-" + strings.ToLower(name)
		}
	}
	return "deployed"
}
