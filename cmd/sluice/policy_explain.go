package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/manifest"
)

// explainOptions are the flags of policy explain.
type explainOptions struct {
	file   string
	layers layerFiles
	fill   fillIn
	json   bool
}

func (p *program) policyExplainCommand() *cobra.Command {
	var o explainOptions
	c := &cobra.Command{
		Use:   "explain NAMESPACE/APP",
		Short: "Every field that applies to an application, its value, where it comes from, and what is locked",
		Long: "Every field that applies to an application, its value, where it comes from, and what is locked:\n" +
			"as the installation has it now, or, with --file, --platform or --namespace, as these files would have it.",
		Args: takes(0, 1, "NAMESPACE/APP, which --file may name instead"),
		RunE: func(c *cobra.Command, args []string) error {
			if o.json {
				p.flags.output = outputJSON
			}
			return p.explain(c.Context(), args, o)
		},
	}
	c.Flags().StringVar(&o.file, "file", "", "an application.yaml, in place of the installation's")
	o.layers.declare(c.Flags())
	o.fill.declare(c.Flags())
	c.Flags().BoolVar(&o.json, "json", false, "the same as --output json")
	return c
}

// explanation is what applies to an application.
type explanation struct {
	Application flink.Application  `json:"application"`
	Documents   []layerRead        `json:"documents"` // that were looked for, the lowest first
	Settings    []manifest.Setting `json:"settings"`
	StandIns    []string           `json:"standIns,omitempty"` // placeholders whose value only the installation knows
}

// layerRead is a document that was looked for.
type layerRead struct {
	Source manifest.Source `json:"source"`
	Name   string          `json:"name"`
	Found  bool            `json:"found"`
}

func (p *program) explain(ctx context.Context, args []string, o explainOptions) error {
	docs, app, err := p.policyDocuments(ctx, args, o)
	if err != nil {
		return err
	}
	values, err := p.placeholders(o.fill)
	if err != nil {
		return err
	}
	standIns := withStandIns(values, docs[0].text, docs[1].text, docs[2].text, []byte(allowedRole))
	settings, err := docs.settings(app, values)
	var faults *manifest.Faults
	if errors.As(err, &faults) {
		return p.sayFaults(docs, faults)
	}
	if err != nil {
		return err
	}
	slices.Sort(standIns)
	e := explanation{Application: app, Settings: settings, StandIns: standIns}
	for _, d := range docs {
		e.Documents = append(e.Documents, layerRead{d.source, d.name, d.text != nil})
	}
	return p.say(renderExplanation(e), e)
}

// allowedRole is what allow.executionRoles asks for where no layer says otherwise.
const allowedRole = "${JOB_EXECUTION_ROLE_ARN}"

// policyDocument is one document of the stack; text is nil when there is none.
type policyDocument struct {
	source manifest.Source
	name   string // as it is told
	key    string // as a layer knows itself
	text   []byte
}

// policyDocuments are the platform's, the namespace's and the application's.
type policyDocuments [3]policyDocument

// settings resolves the documents.
func (d policyDocuments) settings(app flink.Application, values map[string]string) ([]manifest.Setting, error) {
	layers, err := d.layers()
	if err != nil {
		return nil, err
	}
	if d[2].text == nil {
		return manifest.Explain(app, values, layers...)
	}
	m, err := manifest.Parse(d[2].text, app, values, layers...)
	if err != nil {
		return nil, err
	}
	return m.Settings, nil
}

func (d policyDocuments) layers() ([]*manifest.Layer, error) {
	var layers []*manifest.Layer
	for _, doc := range d[:2] {
		if doc.text == nil {
			continue
		}
		l, err := manifest.ParseLayer(doc.text, doc.key)
		if err != nil {
			return nil, err
		}
		if l.Source() != doc.source {
			return nil, fmt.Errorf("%s is the policy of a %s: give it with --%s", doc.name, l.Source(), l.Source())
		}
		layers = append(layers, l)
	}
	return layers, nil
}

// policyDocuments gathers them: from the files that were given, or from the installation.
func (p *program) policyDocuments(ctx context.Context, args []string, o explainOptions) (policyDocuments, flink.Application, error) {
	offline := o.file != "" || o.layers.given()
	if len(args) == 0 && o.file == "" {
		return policyDocuments{}, flink.Application{}, usageError{errors.New("name the application: NAMESPACE/APP, or --file with its application.yaml")}
	}
	if offline {
		return o.read(args)
	}
	app, err := application(args[0])
	if err != nil {
		return policyDocuments{}, app, err
	}
	i, err := p.open(ctx)
	if err != nil {
		return policyDocuments{}, app, err
	}
	docs, err := i.policyDocuments(ctx, app)
	return docs, app, err
}

// read takes the documents from files.
func (o explainOptions) read(args []string) (policyDocuments, flink.Application, error) {
	docs, err := o.layers.read()
	if err != nil {
		return docs, flink.Application{}, err
	}
	docs[2] = policyDocument{source: manifest.FromApplication, name: orElse(o.file, flink.ManifestFile)}
	if o.file != "" {
		if docs[2].text, err = os.ReadFile(o.file); err != nil {
			return docs, flink.Application{}, fmt.Errorf("read the manifest: %w", err)
		}
	}
	app, err := applicationOf(outlineOf(docs[2].text), strings.Join(args, ""))
	return docs, app, err
}

// policyDocuments takes the documents from the artifact bucket.
func (i *installation) policyDocuments(ctx context.Context, app flink.Application) (policyDocuments, error) {
	if i.Dropped == nil {
		return policyDocuments{}, errors.New("the artifact bucket is not named: give --artifact-bucket, the stack's output ArtifactsBucketName, or the files with --file, --platform and --namespace")
	}
	docs := policyDocuments{
		{source: manifest.FromPlatform, key: manifest.PlatformKey()},
		{source: manifest.FromNamespace, key: manifest.NamespaceKey(app.Namespace)},
		{source: manifest.FromApplication, key: app.ManifestKey()},
	}
	for n := range docs {
		text, _, err := i.Dropped.Get(ctx, docs[n].key)
		if err != nil && flink.CodeOf(err) != flink.NotFound {
			return docs, err
		}
		docs[n].name = "s3://" + i.Artifacts + "/" + docs[n].key
		docs[n].text = text
	}
	return docs, nil
}

// sayFaults tells what is wrong with the document that the faults are of.
func (p *program) sayFaults(docs policyDocuments, faults *manifest.Faults) error {
	name := docs[2].name
	for _, d := range docs[:2] {
		if faults.File == d.key {
			name = d.name
		}
	}
	v := validation{File: name, Faults: faults.List, More: faults.More}
	if err := p.say(renderFaults(v), v); err != nil {
		return err
	}
	return errSaid
}

func renderExplanation(e explanation) string {
	var b strings.Builder
	b.WriteString(e.Application.String() + "\n")
	read := fields{}
	for _, d := range e.Documents {
		found := d.Name
		if !d.Found {
			found += " (there is none)"
		}
		read.add(string(d.Source), found)
	}
	b.WriteString(table(read) + "\n")
	rows := [][]string{{"FIELD", "FROM", "LOCKED BY", "VALUE"}}
	for _, s := range e.Settings {
		rows = append(rows, []string{s.Path, string(s.Source), orDash(string(s.Locked)), strings.ReplaceAll(manifest.Written(s.Value), "\n", " ")})
	}
	b.WriteString(table(rows))
	if len(e.StandIns) > 0 {
		fmt.Fprintf(&b, "\nThe values of ${%s} are the installation's; stand-ins are shown (--set NAME=VALUE for others).\n", strings.Join(e.StandIns, "}, ${"))
	}
	return b.String()
}
