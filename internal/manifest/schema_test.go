package manifest

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/statemachines"
)

const schemaFile = "schema/releasepolicy.schema.json"

func TestThePublishedSchemaIsTheTableThatIsRead(t *testing.T) {
	got := indented(t, schemaOfDocument())
	if *update {
		if err := os.WriteFile(schemaFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s is not what is read; run go test -update\ngot:\n%s", schemaFile, got)
	}
}

func TestTheLongestReleaseAndItsRollbackFitIntoTheStateMachine(t *testing.T) {
	var machine struct{ TimeoutSeconds int64 }
	if err := json.Unmarshal(statemachines.Release, &machine); err != nil {
		t.Fatal(err)
	}
	timeout := time.Duration(machine.TimeoutSeconds) * time.Second
	if waits := 4 * maxWait; machine.TimeoutSeconds == 0 || waits >= timeout {
		t.Errorf("a policy allows %s of waiting and the machine ends after %s", waits, timeout)
	}
}

func TestEveryFieldOfThePolicyTypeIsReadAndNoOther(t *testing.T) {
	sameFields(t, "spec", reflect.TypeFor[flink.Policy](), policyFields)
}

// sameFields holds a table against the JSON names and the types of a struct.
func sameFields(t *testing.T, path string, typ reflect.Type, table []policyField) {
	t.Helper()
	var names []string
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
		known := lookUp(table, name)
		if known == nil {
			t.Errorf("%s.%s is not read", path, name)
			continue
		}
		ft := f.Type
		if ft.Kind() == reflect.Pointer {
			ft = ft.Elem()
		}
		switch {
		case ft == reflect.TypeFor[time.Duration]():
			if known.duration == nil {
				t.Errorf("%s.%s is not read as a duration", path, name)
			}
		case ft.Kind() == reflect.Struct:
			sameFields(t, path+"."+name, ft, known.fields)
		case ft.Kind() == reflect.Int64:
			if known.count == nil {
				t.Errorf("%s.%s is not read as a number", path, name)
			}
		case known.text == nil && known.choice == nil:
			t.Errorf("%s.%s is not read as a string", path, name)
		}
	}
	for _, name := range namesOf(table) {
		if !slices.Contains(names, name) {
			t.Errorf("%s.%s is read and kept nowhere", path, name)
		}
	}
}

// schemaOfDocument is the JSON schema of a ReleasePolicy document.
func schemaOfDocument() map[string]any {
	defaults := flink.DefaultPolicy()
	return map[string]any{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"title":                policyKind,
		"description":          "The optional second document of an application.yaml. Durations are whole numbers with d, h, m or s, as in 1h30m.",
		"type":                 "object",
		"additionalProperties": false,
		"required":             []string{"apiVersion", "kind"},
		"properties": map[string]any{
			"apiVersion": map[string]any{"const": policyAPI},
			"kind":       map[string]any{"const": policyKind},
			"spec":       schemaOf(policyFields, "", &defaults),
		},
	}
}

func schemaOf(table []policyField, about string, defaults *flink.Policy) map[string]any {
	properties := map[string]any{}
	for _, f := range table {
		switch {
		case f.later:
		case f.fields != nil:
			properties[f.name] = schemaOf(f.fields, f.about, defaults)
		default:
			properties[f.name] = schemaOfValue(f, defaults)
		}
	}
	s := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	if about != "" {
		s["description"] = about
	}
	if about == policyFields[0].about { // an empty pin pins nothing
		s["minProperties"] = 1
	}
	return s
}

func schemaOfValue(f policyField, defaults *flink.Policy) map[string]any {
	s := map[string]any{"description": f.about}
	switch {
	case f.duration != nil:
		s["type"], s["pattern"], s["default"] = "string", durationPattern, short(*f.duration.into(defaults))
	case f.count != nil:
		s["type"], s["minimum"], s["default"] = "integer", 0, *f.count(defaults)
	case f.choice != nil:
		s["type"], s["enum"] = "string", f.choice.values
		s["default"] = map[string]string{
			"mode":        string(defaults.Rollback.Mode),
			"restoreFrom": string(defaults.Rollback.RestoreFrom),
		}[f.name]
	default:
		s["type"], s["pattern"] = "string", f.text.pattern
	}
	return s
}
