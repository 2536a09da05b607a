package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/stacks"
)

var update = flag.Bool("update", false, "write testdata from a fresh synthesis instead of comparing")

// The stacks that the one synthesis of this package makes: the CDK runs in a
// node process that costs more than all tests together.
const (
	publicStack  = "eventplane"
	privateStack = "eventplane-private"
)

// platformFiles are the platforms that the synthesis makes beside them: the one
// that users copy, and one that chooses the other way wherever there is a choice.
var platformFiles = []string{"platform.yaml", "testdata/platform-other.yaml"}

// exported are the names of what stacks export whether another takes it or not, by stack.
var exported = map[string][]string{}

// assembly is the folder that TestMain synthesized into.
var assembly string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(synthesizeAndRun(m))
}

func synthesizeAndRun(m *testing.M) int {
	defer jsii.Close()
	dir, err := os.MkdirTemp("", "sluice-infra-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	assembly = filepath.Join(dir, "cdk.out")
	if err := synthesize(filepath.Join(dir, "functions")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

func synthesize(binaries string) error {
	if err := writeMarkers(binaries); err != nil {
		return err
	}
	app := stacks.NewApp(assembly)
	stacks.NewEventPlane(app, publicStack, stacks.EventPlaneProps{Binaries: binaries})
	stacks.NewEventPlane(app, privateStack, stacks.EventPlaneProps{
		Binaries:        binaries,
		Private:         &constructs.Network{SubnetIDs: *jsii.Strings("subnet-0123456789abcdef0", "subnet-0fedcba9876543210"), SecurityGroupIDs: *jsii.Strings("sg-0123456789abcdef0")},
		NoAccessEntries: true,
	})
	for _, file := range platformFiles {
		wanted, err := platform.Open(file, regions())
		if err != nil {
			return err
		}
		if err := stacks.NewPlatform(app, wanted, stacks.Assets{Binaries: binaries, Modules: filepath.Join("..", stacks.Modules)}); err != nil {
			return err
		}
	}
	if err := makeChoices(app); err != nil {
		return err
	}
	for _, stack := range *app.Node().Children() {
		if exports := stack.Node().TryFindChild(jsii.String("Exports")); exports != nil {
			for _, output := range *exports.Node().Children() {
				exported[*stack.Node().Id()] = append(exported[*stack.Node().Id()], *output.(awscdk.CfnOutput).ExportName())
			}
		}
	}
	awscdk.Aspects_Of(app).Add(cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{
		Reports:       jsii.Bool(true),
		ReportFormats: &[]cdknag.NagReportFormat{cdknag.NagReportFormat_CSV},
	}), nil)
	app.Synth(nil)
	return nil
}

// writeMarkers stands in for `make build`: the template depends on there being
// a binary, not on which.
func writeMarkers(dir string) error {
	for _, f := range functions.Catalogue() {
		if err := os.MkdirAll(filepath.Join(dir, f.Name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name, stacks.Bootstrap), []byte(f.Name), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// resource is a resource of a template.
type resource struct {
	Type           string
	Properties     map[string]any
	DependsOn      any
	DeletionPolicy string
}

// template is a CloudFormation template as far as the tests look into it.
type template struct {
	Parameters map[string]map[string]any
	Resources  map[string]resource
	Outputs    map[string]map[string]any
}

// made are the names of all stacks.
func made(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(templateFile("*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("nothing was synthesized: %v, %v", files, err)
	}
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".template.json"))
	}
	return names
}

func templateFile(stack string) string {
	return filepath.Join(assembly, stack+".template.json")
}

func read(t *testing.T, stack string) template {
	t.Helper()
	raw, err := os.ReadFile(templateFile(stack))
	if err != nil {
		t.Fatal(err)
	}
	var parsed template
	if err := json.Unmarshal(raw, &parsed); err != nil {
		t.Fatal(err)
	}
	return parsed
}

// ofType returns the resources of one type, by logical id.
func (t template) ofType(kind string) map[string]resource {
	found := map[string]resource{}
	for id, r := range t.Resources {
		if r.Type == kind {
			found[id] = r
		}
	}
	return found
}
