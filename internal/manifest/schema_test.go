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

func TestThePublishedSchemasAreTheTablesThatAreRead(t *testing.T) {
	for kind, schema := range Schemas() {
		file := "schema/" + strings.ToLower(kind) + ".schema.json"
		got := indented(t, schema)
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s is not what is read; run go test -update\ngot:\n%s", file, got)
		}
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
		if ft.Kind() == reflect.Struct {
			sameFields(t, path+"."+name, ft, known.fields)
			continue
		}
		if at := reflect.ValueOf(known.leaf).FieldByName("at"); !at.IsValid() || at.Type().Out(0).Elem() != ft {
			t.Errorf("%s.%s is read as %T and kept as %s", path, name, known.leaf, ft)
		}
	}
	for _, f := range table {
		if _, none := f.leaf.(refusal); !none && !slices.Contains(names, f.name) {
			t.Errorf("%s.%s is read and kept nowhere", path, f.name)
		}
	}
}

// Every leaf is set in turn, which shows that no two share a place.
func TestEveryFieldHasAPlaceOfItsOwn(t *testing.T) {
	before := map[string]any{}
	for _, f := range leaves() {
		before[f.path] = valueAt(defaultSettings(), f.path)
	}
	for path, value := range anotherValue {
		g := settingOf(t, path, value)
		for other := range before {
			now := valueAt(g.on(defaultSettings()), other)
			if changed := !reflect.DeepEqual(now, before[other]); changed != (other == path) {
				t.Errorf("%s set to %s: %s changed: %v", path, value, other, changed)
			}
		}
	}
	for path := range before {
		if _, tried := anotherValue[path]; !tried {
			t.Errorf("%s has no other value to try", path)
		}
	}
}
