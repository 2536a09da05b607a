package asl_test

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/asl/jsonata"
)

// FuzzWhatIsHandedOnIsWhatJavaScriptWrites holds the expressions that are
// answered without JavaScript against the same ones in parentheses, which are not.
func FuzzWhatIsHandedOnIsWhatJavaScriptWrites(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":1}`, `{"a":"x"}`, `{"a":"y"}`, `{"a":{"b":"x","c":[1,{"d":2}]}}`, `{"a":[1]}`, `{"a":[]}`, `{"a":null}`, `{"a":{"b":null}}`, `{"a":true}`,
		`{"b":2,"a":"first","a":"second"}`, `{"a":1.0}`, `{"a":{"b":1e3}}`, `{"a":-0}`, `{"a":{"b":12345678901234567}}`, `{"a":9007199254740991}`, `{"a":9007199254740993}`, `{"a":-9007199254740993}`,
		`{"a":"<&>é\u003c"}`, `{"a":"\"x\\"}`, `{"a":{"b":"\/"}}`, `{"a":{"2":1,"1":2}}`, `{ "a" : "x" }`, `{"a":{"__proto__":1}}`, `[{"a":"x"}]`, `"x"`, `7`, `null`,
		`{"\u0061":"x"}`, `{"a\"":"x","b":{"a":"y"}}`, `{"a":{"b":"x,}]"},"c":"{["}`, `{"a":{"b":{}}}`, `{"in":"x"}`, `{"a":"` + "\u2028\x7f" + `"}`,
	} {
		f.Add(seed)
	}
	engine := engineOf(f)
	f.Fuzz(func(t *testing.T, document string) {
		if !json.Valid([]byte(document)) {
			return
		}
		for _, expression := range []string{`$states.input`, `$states.input.a`, `$states.input.a.b`, `$states.input.in`, `$states.input.a = 'x'`, `$states.input.a.b = 'x'`} {
			plain, bracketed := passOn(t, engine, expression, document), passOn(t, engine, "("+expression+")", document)
			if plain.Status != bracketed.Status || !reflect.DeepEqual(read(plain.Output), read(bracketed.Output)) {
				t.Errorf("%s of %s: %s %s, in parentheses %s %s", expression, document, plain.Status, plain.Output, bracketed.Status, bracketed.Output)
			}
		}
	})
}

func read(raw json.RawMessage) (value any) {
	_ = json.Unmarshal(raw, &value) // nothing, when the run failed
	return value
}

func passOn(t *testing.T, engine *jsonata.Engine, expression, document string) asl.Result {
	t.Helper()
	return parse(t, `"StartAt":"Pass","States":{"Pass":{"Type":"Pass","Output":"{% `+expression+` %}","End":true}}`).
		Run(context.Background(), json.RawMessage(document), asl.Options{JSONata: engine})
}

func engineOf(t testing.TB) *jsonata.Engine {
	t.Helper()
	path, err := jsonata.Find()
	if err != nil {
		t.Skip(err)
	}
	engine, err := jsonata.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}
