package jsonata_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/asl/jsonata"
)

func TestInspectListsWhatAnExpressionTakesFromOutside(t *testing.T) {
	engine := load(t)
	cases := []struct{ expression, variables, calls, names string }{
		{`$states.input.id & $x`, "states.input.id x", "", ""},
		{`( $y := $x; $y + $z )`, "x z", "", ""},
		{`( $f := function($n){ $n > 0 ? $f($n - 1) : $base }; $f(3) )`, "base", "", ""},
		{`$map($list, function($v, $i){ $v.n * $factor })`, "list factor", "map", ""},
		{`$exists($error) ? $error.Cause : "none"`, "error error.Cause", "exists", ""},
		{`$states.input.items[price > $limit].name`, "states.input.items.name limit", "", ""},
		{`$list#$i[$i < $limit]`, "list limit", "", ""},
		{`$frobnicate(1)`, "", "frobnicate", ""},
		{`name & "x"`, "", "", "name"},
		{`{"a": $x, "b": other}`, "x", "", "other"},
		{`$x ~> |items|{"n": n + $y}|`, "x y", "", ""},
		{`$x^(>price)`, "x", "", ""},
		{`$x{kind: $sum(n)}`, "x", "sum", ""},
	}
	for _, c := range cases {
		t.Run(c.expression, func(t *testing.T) {
			facts, err := engine.Inspect(c.expression)
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("%s|%s|%s", list(facts.Variables), list(facts.Calls), list(facts.Names))
			if want := c.variables + "|" + c.calls + "|" + c.names; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func list(references []jsonata.Reference) string {
	var words []string
	for _, reference := range references {
		words = append(words, strings.Join(append([]string{reference.Name}, reference.Fields...), "."))
	}
	return strings.Join(words, " ")
}

func TestAVariableThatIsAskedForWithExistsIsGuarded(t *testing.T) {
	facts, err := load(t).Inspect(`$exists($error.Cause) ? $error.Cause : $other`)
	if err != nil {
		t.Fatal(err)
	}
	if !facts.Guarded("error") || facts.Guarded("other") {
		t.Errorf("guarded: error %v, other %v", facts.Guarded("error"), facts.Guarded("other"))
	}
}

func TestFindLooksAtTheVariableThenUpwards(t *testing.T) {
	root := t.TempDir()
	below := filepath.Join(root, "a", "b")
	file := filepath.Join(root, "node_modules", "jsonata", "jsonata.min.js")
	write(t, file, "")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(below)
	t.Setenv(jsonata.PathVariable, "")
	got, err := jsonata.Find()
	if err != nil || filepath.Base(filepath.Dir(got)) != "jsonata" {
		t.Fatalf("got %s, %v", got, err)
	}
	named := filepath.Join(root, "mine.js")
	write(t, named, "")
	t.Setenv(jsonata.PathVariable, named)
	if got, err := jsonata.Find(); err != nil || got != named {
		t.Fatalf("got %s, %v; want %s", got, err, named)
	}
	t.Setenv(jsonata.PathVariable, filepath.Join(root, "absent.js"))
	if _, err := jsonata.Find(); err == nil || !strings.Contains(err.Error(), "correct or unset it") {
		t.Fatalf("got %v", err)
	}
}

func TestFindSaysToRunMakeSetup(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv(jsonata.PathVariable, "")
	if _, err := jsonata.Find(); err == nil || !strings.Contains(err.Error(), "make setup") {
		t.Fatalf("got %v", err)
	}
}

func TestLoadRefusesAFileThatIsNotJsonata(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.js")
	write(t, path, "var x = 1;")
	if _, err := jsonata.Load(path); err == nil || !strings.Contains(err.Error(), "no function named jsonata") {
		t.Fatalf("got %v", err)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
