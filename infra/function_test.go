package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/functions"
)

// unset are the variables that no function on AWS is given, and why.
var unset = map[string]string{
	functions.EnvKubeconfig: "on AWS the cluster is reached by its endpoint and a token",
	functions.EnvS3Endpoint: "on AWS the SDK knows S3's endpoint",
}

// functionOf finds the resource of a function of the catalogue by its name.
func functionOf(t *testing.T, plane template, f functions.Function) (string, resource) {
	t.Helper()
	for id, r := range plane.ofType("AWS::Lambda::Function") {
		if text(r.Properties["FunctionName"]) == "<AWS::StackName>-"+f.Name {
			return id, r
		}
	}
	t.Fatalf("the template has no function %s", f.Name)
	return "", resource{}
}

func TestEveryFunctionOfTheCatalogueIsThereAsTheCatalogueSays(t *testing.T) {
	plane := read(t, publicStack)
	if got, want := len(plane.ofType("AWS::Lambda::Function")), len(functions.Catalogue()); got != want {
		t.Errorf("the template has %d functions, the catalogue %d", got, want)
	}
	for _, f := range functions.Catalogue() {
		_, function := functionOf(t, plane, f)
		for name, pair := range map[string][2]any{
			"memory":       {float64(f.Memory), function.Properties["MemorySize"]},
			"timeout":      {f.Timeout.Seconds(), function.Properties["Timeout"]},
			"runtime":      {"provided.al2023", function.Properties["Runtime"]},
			"handler":      {"bootstrap", function.Properties["Handler"]},
			"architecture": {"arm64", text(many(function.Properties["Architectures"])[0])},
			"tracing":      {"Active", at(function.Properties, "TracingConfig", "Mode")},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s: %s is %v, want %v", f.Name, name, pair[1], pair[0])
			}
		}
	}
}

func TestNoFunctionIsTracedWhereXRayKnowsNone(t *testing.T) {
	for stack, traced := range map[string]bool{"sluice-eventplane": true, "other-eventplane": false} {
		plane := read(t, stack)
		for _, f := range functions.Catalogue() {
			_, function := functionOf(t, plane, f)
			if got := at(function.Properties, "TracingConfig", "Mode") == "Active"; got != traced {
				t.Errorf("%s: %s is traced: %t", stack, f.Name, got)
			}
		}
	}
}

func TestEveryFunctionHasARoleAndALogOfItsOwn(t *testing.T) {
	plane := read(t, publicStack)
	seen := map[string]string{}
	for _, f := range functions.Catalogue() {
		_, function := functionOf(t, plane, f)
		for _, own := range []string{text(function.Properties["Role"]), text(at(function.Properties, "LoggingConfig", "LogGroup"))} {
			if other, ok := seen[own]; ok {
				t.Errorf("%s and %s share %s", f.Name, other, own)
			}
			seen[own] = f.Name
		}
	}
}

func TestEveryVariableOfTheEnvironmentIsSet(t *testing.T) {
	plane := read(t, publicStack)
	names := declaredVariables(t)
	for _, f := range functions.Catalogue() {
		_, function := functionOf(t, plane, f)
		set, _ := at(function.Properties, "Environment", "Variables").(map[string]any)
		for _, name := range names {
			_, is := set[name]
			if why, never := unset[name]; is == never {
				t.Errorf("%s: %s set: %t (%s)", f.Name, name, is, why)
			}
		}
		for name := range set {
			if !slices.Contains(names, name) {
				t.Errorf("%s: %s is set, and no constant of functions/environment.go names it", f.Name, name)
			}
		}
	}
}

func TestPlaceholdersAreAJSONObjectOfTheParameters(t *testing.T) {
	plane := read(t, publicStack)
	for _, f := range functions.Catalogue() {
		_, function := functionOf(t, plane, f)
		var got map[string]string
		if err := json.Unmarshal([]byte(text(at(function.Properties, "Environment", "Variables", functions.EnvPlaceholders))), &got); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"DATA_BUCKET": "<DataBucketName>", "JOB_EXECUTION_ROLE_ARN": "<JobExecutionRoleArn>", "SCHEDULER": "default-scheduler"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
		}
	}
}

// declaredVariables reads the values of the Env… constants from their file, so
// that a new one cannot be forgotten here.
func declaredVariables(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../functions/environment.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Env") {
			return true
		}
		name, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
		return true
	})
	if len(names) < len(unset)+2 {
		t.Fatalf("functions/environment.go names only %v", names)
	}
	return names
}
