package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"github.com/sluice-flink/sluice/internal/manifest"
)

// renderOptions are the flags of render.
type renderOptions struct {
	app  string
	fill fillIn
}

func (p *program) renderCommand() *cobra.Command {
	var o renderOptions
	c := &cobra.Command{
		Use:   "render FILE|DIR",
		Short: "Print a manifest for kubectl, its placeholders filled in",
		Long: "Print the resources of a file with ${NAME} filled in as a release would have it, and the namespace where\n" +
			"none is written: sluice render FILE --outputs outputs.json | kubectl apply -f -\n" +
			"It is for what Sluice does not release, as session clusters and their jobs. Nothing else is changed or checked;\n" +
			"a ReleasePolicy is left out, since it means nothing to kubectl.",
		Args: takes(1, 1, "one file or directory"),
		RunE: func(_ *cobra.Command, args []string) error { return p.render(args[0], o) },
	}
	c.Flags().StringVar(&o.app, "application", "", "NAMESPACE/APP it is filled in for (default: what the first resource names)")
	o.fill.declare(c.Flags())
	return c
}

func (p *program) render(path string, o renderOptions) error {
	file, _, err := pick(path, nil)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read the manifest: %w", err)
	}
	app, err := applicationOf(outlineOf(text), o.app)
	if err != nil {
		return err
	}
	values, err := p.placeholders(o.fill)
	if err != nil {
		return err
	}
	resources, err := manifest.Fill(text, app, values)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	out, err := asYAML(resources)
	if err != nil {
		return err
	}
	return p.say(out, map[string]any{"apiVersion": "v1", "kind": "List", "items": resources})
}

// asYAML writes resources as kubectl reads them, one document each.
func asYAML(resources []map[string]any) (string, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	for _, r := range resources {
		if err := e.Encode(r); err != nil {
			return "", fmt.Errorf("write %v as YAML: %w", r["kind"], err)
		}
	}
	if err := e.Close(); err != nil {
		return "", fmt.Errorf("write the resources as YAML: %w", err)
	}
	return b.String(), nil
}
