package jsonata_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/asl/jsonata"
)

func load(t testing.TB) *jsonata.Engine {
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

func evaluate(t testing.TB, engine *jsonata.Engine, env jsonata.Env, expression string) (string, error) {
	t.Helper()
	session, err := engine.Open(env)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	result, err := session.Evaluate(context.Background(), expression)
	return string(result), err
}

func TestAnExpressionYieldsTheJSONThatStepFunctionsWouldHandOn(t *testing.T) {
	engine := load(t)
	env := jsonata.Env{
		Variables: map[string]json.RawMessage{
			"states": json.RawMessage(`{"input":{"id":7,"items":[{"n":1},{"n":2}],"big":9007199254740991,"text":"a<b>&c"}}`),
			"x":      json.RawMessage(`3`),
		},
		Now: func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) },
	}
	cases := map[string]string{
		`$states.input.id`:           `7`,
		`$x + 1`:                     `4`,
		`6 / 2`:                      `3`,
		`$states.input.big`:          `9007199254740991`,
		`1000000 * 1000000000000`:    `1000000000000000000`,
		`0.1 + 0.2`:                  `0.30000000000000004`,
		`$states.input.items.n`:      `[1,2]`,
		`$states.input.items[n=2].n`: `2`,
		`$states.input.text`:         `"a<b>&c"`,
		`null`:                       `null`,
		`$exists($missing)`:          `false`,
		`$now()`:                     `"2026-01-02T03:04:05.000Z"`,
		`$millis()`:                  `1767323045000`,
		`$merge([{"a":1},{"b":2}])`:  `{"a":1,"b":2}`,
		`( $f := function($n){ $n * 2 }; $f($x) )`: `6`,
		`$partition([1,2,3,4,5], 2)`:               `[[1,2],[3,4],[5]]`,
		`$partition([0], 1)`:                       `[[0]]`,
		`$partition([1,2,3], 4/2)`:                 `[[1,2],[3]]`,
		`$partition([1,2,3], 0.5*4)`:               `[[1,2],[3]]`,
		`$range(0, 9, 3)`:                          `[0,3,6,9]`,
		`$range(1, 9, 9)`:                          `1`,
		`$range(5, 1, -2)`:                         `[5,3,1]`,
		`$hash("input data", "SHA-1")`:             `"aaff4a450a104cd177d28d18d74485e8cae074b7"`,
		`$length($hash("a", "SHA-384"))`:           `96`,
		`$parse('{"a":[1,2.5]}').a`:                `[1,2.5]`,
		`$base64encode("hello:world")`:             `"aGVsbG86d29ybGQ="`,
		`$base64decode("aGVsbG86d29ybGQ=")`:        `"hello:world"`,
		`$base64decode("w6k=")`:                    `"Ã©"`,
		`( $f := function($n){ $n = 0 ? 1 : $n * $f($n - 1) }; $f(100) > 1 )`: `true`,
		`$random(42) = $random(42)`: `true`,
		`$random() < 1`:             `true`,
		`$map([1,2], $string)`:      `["1","2"]`,
		`$exists($eval)`:            `false`,
	}
	for expression, want := range cases {
		t.Run(expression, func(t *testing.T) {
			got, err := evaluate(t, engine, env, expression)
			if err != nil || got != want {
				t.Errorf("got %s, %v; want %s", got, err, want)
			}
		})
	}
}

func TestAFaultSaysWhatIsWrongWithTheExpression(t *testing.T) {
	engine := load(t)
	cases := map[string]string{
		`$missing`:                "returned nothing (undefined)",
		`[1][5]`:                  "returned nothing (undefined)",
		`$partition($missing, 2)`: "returned nothing (undefined)",
		`function($x){$x}`:        "returned an unsupported result type",
		`{"f": $sum}`:             "returned an unsupported result type",
		`$eval("1")`:              "T1006: Attempted to invoke a non-function",
		`$nosuch(1)`:              "T1006: Attempted to invoke a non-function",
		`1 +`:                     "S0207: Unexpected end of expression",
		`1 + "a"`:                 "T2002: The right side of the \"+\" operator must evaluate to a number",
		`1/0`:                     "D1001: Number out of range",
		`$error("no lease")`:      "D3137: no lease",
		`$partition([1], 0)`:      "Argument: $partition: the size must be a whole number above 0, not 0",
		`$range(5, 1, 1)`:         "returned nothing (undefined)",
		`$range(0, 1.5, 1)`:       "Argument: $range: wants whole numbers, not 1.5",
		`$range(0, "a", 1)`:       "Argument: $range: wants whole numbers, not a",
		`$range(0, 1, 0)`:         "Argument: $range: the step must not be 0",
		`$range(0, 1)`:            "Argument: $range: wants the first value, the last and the step, got 2 arguments",
		`$partition("ab", 1)`:     "Argument: $partition: the first argument must be an array, not ab",
		`$hash(1, "MD5")`:         "Argument: $hash: hashes a string, not 1",
		`$base64encode("日本")`:     "characters above U+00FF",
		`$base64decode("?")`:      "is not base64",
		`$random("x")`:            "Argument: $random: the seed must be a number, not x",
		`$range(0, 5000, 1)`:      "Argument: $range: makes at most 1000 values",
		`$hash("a", "CRC32")`:     "Argument: $hash: knows MD5, SHA-1, SHA-256, SHA-384 and SHA-512, not CRC32",
		`$parse("{")`:             "Argument: $parse: the text is not JSON: {",
		`$states.input.a ?? 1`:    "S0211|NewerOperator",
		`$states.input.a ?: 1`:    "S0211|NewerOperator",
		`( $f := function($n){ 1 + $f($n) }; $f(1) )`: "recurses too deeply|took too long|overflow",
	}
	for expression, want := range cases {
		t.Run(expression, func(t *testing.T) {
			got, err := evaluate(t, engine.WithLimit(2*time.Second), jsonata.Env{}, expression)
			if err == nil {
				t.Fatalf("got %s, want an error", got)
			}
			if !containsAny(err.Error(), strings.Split(want, "|")) {
				t.Errorf("got %q, want %q", err, want)
			}
		})
	}
}

func containsAny(text string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

func TestAnExpressionThatDoesNotEndIsStoppedAndTheEngineGoesOn(t *testing.T) {
	engine := load(t).WithLimit(50 * time.Millisecond)
	_, err := evaluate(t, engine, jsonata.Env{}, `( $f := function($n){ $f($n + 1) }; $f(1) )`)
	if !errors.Is(err, jsonata.ErrTooLong) {
		t.Fatalf("got %v, want ErrTooLong", err)
	}
	got, err := evaluate(t, engine.WithLimit(time.Minute), jsonata.Env{}, `1 + 1`)
	if err != nil || got != "2" {
		t.Fatalf("the next evaluation got %s, %v", got, err)
	}
}

func TestACancelledContextStopsTheEvaluation(t *testing.T) {
	session, err := load(t).Open(jsonata.Env{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := session.Evaluate(ctx, `1`); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
}

func TestASeedRepeatsRandomNumbersAndIdentifiers(t *testing.T) {
	engine := load(t)
	draw := func(seed uint64) string {
		env := jsonata.Env{Rand: rand.New(rand.NewPCG(seed, 0))}
		got, err := evaluate(t, engine, env, `$uuid() & " " & $random()`)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if first, again := draw(1), draw(1); first != again {
		t.Error("the same seed gave different values")
	}
	if draw(1) == draw(2) {
		t.Error("different seeds gave the same values")
	}
	version4 := regexp.MustCompile(`^"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12} 0\.`)
	if !version4.MatchString(draw(3)) {
		t.Errorf("%s is not a version 4 UUID and a fraction", draw(3))
	}
}

func TestSessionsOfManyGoroutinesDoNotSeeEachOthersVariables(t *testing.T) {
	engine := load(t)
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			env := jsonata.Env{Variables: map[string]json.RawMessage{"n": json.RawMessage(fmt.Sprint(i))}}
			for range 20 {
				got, err := evaluate(t, engine, env, `$n * 10`)
				if err != nil || got != fmt.Sprint(i*10) {
					t.Errorf("got %s, %v; want %d", got, err, i*10)
				}
			}
		})
	}
	group.Wait()
}

func TestEveryListedFunctionExists(t *testing.T) {
	engine := load(t)
	for _, name := range jsonata.Functions() {
		got, err := evaluate(t, engine, jsonata.Env{}, `$exists($`+name+`)`)
		if err != nil || got != "true" {
			t.Errorf("$%s: got %s, %v", name, got, err)
		}
	}
}

func BenchmarkEvaluate(b *testing.B) {
	session, err := load(b).Open(jsonata.Env{Variables: map[string]json.RawMessage{
		"states": json.RawMessage(`{"input":{"items":[{"price":1,"qty":2},{"price":3,"qty":4}]}}`),
	}})
	if err != nil {
		b.Fatal(err)
	}
	defer session.Close()
	for _, expression := range []string{`$states.input.items[0].price`, `$sum($states.input.items.(price * qty))`} {
		b.Run(expression, func(b *testing.B) {
			for b.Loop() {
				if _, err := session.Evaluate(context.Background(), expression); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNewMachine(b *testing.B) {
	path, err := jsonata.Find()
	if err != nil {
		b.Skip(err)
	}
	for b.Loop() {
		if _, err := jsonata.Load(path); err != nil {
			b.Fatal(err)
		}
	}
}
