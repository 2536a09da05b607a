package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/manifest"
)

// validateOptions are the flags of validate.
type validateOptions struct {
	jars   []string
	app    string
	fill   fillIn
	layers layerFiles
}

func (p *program) validateCommand() *cobra.Command {
	var o validateOptions
	c := &cobra.Command{
		Use:   "validate FILE|DIR",
		Short: "Check application.yaml and the jars beside it as a release would, before they are uploaded",
		Long: "Check application.yaml, and with a directory every jar in it, exactly as a release checks them\n" +
			"before it touches anything. Faults come with line and column; notes stop nothing. What the platform\n" +
			"and the namespace say about it counts where their files are given.",
		Args: takes(1, 1, "one file or directory"),
		RunE: func(_ *cobra.Command, args []string) error { return p.validate(args[0], o) },
	}
	c.Flags().StringArrayVar(&o.jars, "jar", nil, "jar to check with it; may be given several times")
	c.Flags().StringVar(&o.app, "application", "", "NAMESPACE/APP it will be uploaded as (default: what the manifest names)")
	o.fill.declare(c.Flags())
	o.layers.declare(c.Flags())
	return c
}

func (p *program) validate(path string, o validateOptions) error {
	file, jars, err := pick(path, o.jars)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read the manifest: %w", err)
	}
	outline := outlineOf(text)
	app, err := applicationOf(outline, o.app)
	if err != nil {
		return err
	}
	values, err := p.placeholders(o.fill)
	if err != nil {
		return err
	}
	v := validation{File: file, Application: app, StandIns: withStandIns(values, text)}
	m, err := parseWith(o.layers, text, app, values)
	if err := v.read(m, err); err != nil {
		return err
	}
	if v.Jars, err = checkJars(jars, outline, m); err != nil {
		return err
	}
	if err := p.say(renderValidation(v), v); err != nil {
		return err
	}
	if v.faulty() {
		return errSaid
	}
	return nil
}

// parseWith reads the manifest on top of the layers whose files were given.
func parseWith(files layerFiles, text []byte, app flink.Application, values map[string]string) (*manifest.Manifest, error) {
	docs, err := files.read()
	if err != nil {
		return nil, err
	}
	layers, err := docs.layers()
	if err != nil {
		return nil, err
	}
	return manifest.Parse(text, app, values, layers...)
}

// checkJars checks the jars for the manifest, which is nil when it has faults.
func checkJars(jars []string, doc outline, m *manifest.Manifest) ([]jarFacts, error) {
	var all []jarFacts
	for _, jar := range jars {
		var pin *flink.ArtifactPin
		if m != nil {
			pin = m.Policy.Artifact
		}
		checked, err := checkJar(jar, doc.Spec.Job.EntryClass, pin)
		if err != nil {
			return nil, err
		}
		if m != nil && m.JarInImage() {
			checked.Fault = "the manifest runs the jar that is in its image, and this one starts no release: leave it out, or remove spec.job.jarURI"
		}
		all = append(all, checked)
	}
	return all, nil
}

// pick finds the manifest and the jars: in a directory, all that are in it.
func pick(path string, jars []string) (string, []string, error) {
	st, err := os.Stat(path)
	if err != nil {
		return "", nil, fmt.Errorf("there is nothing to validate: %w", err)
	}
	if !st.IsDir() {
		return path, jars, nil
	}
	beside, err := filepath.Glob(filepath.Join(path, "*.jar"))
	if err != nil {
		return "", nil, fmt.Errorf("list the jars in %s: %w", path, err)
	}
	return filepath.Join(path, flink.ManifestFile), append(beside, jars...), nil
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// read takes what Parse said; an error that is no fault of the manifest is returned.
func (v *validation) read(m *manifest.Manifest, err error) error {
	var faults *manifest.Faults
	switch {
	case errors.As(err, &faults):
		v.Faults, v.More = faults.List, faults.More
		v.Layer = faults.File
	case err != nil:
		return err
	default:
		v.Notes = m.Notes
	}
	return nil
}
