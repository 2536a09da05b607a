package pattern_test

import (
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/local/bus/pattern"
)

func matches(t *testing.T, text, event string) bool {
	t.Helper()
	p, err := pattern.Compile([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Matches([]byte(event))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestAPatternMatchesWhatTheServiceWouldMatch(t *testing.T) {
	cases := map[string]struct {
		pattern string
		yes, no []string
	}{
		"text":               {`{"a": ["x", "y"]}`, []string{`{"a":"x"}`, `{"a":["q","y"]}`}, []string{`{"a":"X"}`, `{"b":"x"}`, `{"a":{"x":"x"}}`, `{"a":[]}`}},
		"number":             {`{"a": [300]}`, []string{`{"a":300}`, `{"a":3.0e2}`}, []string{`{"a":"300"}`, `{"a":301}`}},
		"null":               {`{"a": [null]}`, []string{`{"a":null}`}, []string{`{"a":"null"}`, `{}`}},
		"prefix":             {`{"a": [{"prefix": "in/"}]}`, []string{`{"a":"in/x"}`, `{"a":["q","in/"]}`}, []string{`{"a":"In/x"}`, `{"a":1}`}},
		"suffix":             {`{"a": [{"suffix": ".jar"}]}`, []string{`{"a":"x.jar"}`}, []string{`{"a":"x.jar.bak"}`}},
		"prefix any case":    {`{"a": [{"prefix": {"equals-ignore-case": "EventB"}}]}`, []string{`{"a":"EVENTbridge"}`}, []string{`{"a":"even"}`}},
		"any case":           {`{"a": [{"equals-ignore-case": "Straße"}]}`, []string{`{"a":"STRAßE"}`}, []string{`{"a":"strase"}`}},
		"wildcard":           {`{"a": [{"wildcard": "a*b*c"}]}`, []string{`{"a":"abc"}`, `{"a":"a--b--b-c"}`}, []string{`{"a":"ac"}`, `{"a":"abcd"}`}},
		"wildcard overlap":   {`{"a": [{"wildcard": "ab*ba"}]}`, []string{`{"a":"abba"}`}, []string{`{"a":"aba"}`}},
		"wildcard escaped":   {`{"a": [{"wildcard": "\\**\\\\"}]}`, []string{`{"a":"*x\\"}`, `{"a":"*\\"}`}, []string{`{"a":"x\\"}`}},
		"anything-but":       {`{"a": [{"anything-but": ["x", "y"]}]}`, []string{`{"a":"z"}`, `{"a":null}`, `{"a":1}`, `{"a":["x","z"]}`}, []string{`{"a":"y"}`, `{}`}},
		"anything-but case":  {`{"a": [{"anything-but": {"equals-ignore-case": ["x"]}}]}`, []string{`{"a":"y"}`}, []string{`{"a":"X"}`}},
		"anything-but wild":  {`{"a": [{"anything-but": {"wildcard": "*/lib/*"}}]}`, []string{`{"a":"/bin/x"}`}, []string{`{"a":"/lib/x"}`}},
		"numeric":            {`{"a": [{"numeric": [">", 0, "<=", 5]}]}`, []string{`{"a":5}`, `{"a":0.001}`}, []string{`{"a":0}`, `{"a":5.1}`, `{"a":"3"}`}},
		"exists":             {`{"a": [{"exists": true}]}`, []string{`{"a":null}`, `{"a":""}`}, []string{`{}`, `{"a":{"b":1}}`, `{"a":[]}`}},
		"exists not":         {`{"a": {"b": [{"exists": false}]}}`, []string{`{}`, `{"a":{"c":1}}`}, []string{`{"a":{"b":null}}`}},
		"cidr":               {`{"a": [{"cidr": "10.0.0.0/24"}]}`, []string{`{"a":"10.0.0.255"}`}, []string{`{"a":"10.0.1.0"}`, `{"a":"x"}`, `{"a":"::1"}`}},
		"or":                 {`{"s": ["x"], "$or": [{"a": [1]}, {"b": [2], "c": [3]}]}`, []string{`{"s":"x","a":1}`, `{"s":"x","b":2,"c":3}`}, []string{`{"a":1}`, `{"s":"x","b":2}`}},
		"or as field":        {`{"$or": ["x"]}`, []string{`{"$or":"x"}`}, []string{`{}`}},
		"joined by dots":     {`{"a": {"b": ["x"]}}`, []string{`{"a.b":"x"}`}, []string{`{"a":"x"}`}},
		"one element of all": {`{"l": {"k": ["a"], "v": ["1"]}}`, []string{`{"l":[{"k":"b","v":"2"},{"k":"a","v":"1"}]}`}, []string{`{"l":[{"k":"a","v":"2"},{"k":"b","v":"1"}]}`}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, event := range c.yes {
				if !matches(t, c.pattern, event) {
					t.Errorf("%s does not match %s", c.pattern, event)
				}
			}
			for _, event := range c.no {
				if matches(t, c.pattern, event) {
					t.Errorf("%s matches %s", c.pattern, event)
				}
			}
		})
	}
}

func TestAnInvalidPatternIsRefusedWithThePlaceOfTheFault(t *testing.T) {
	cases := map[string]string{
		`[]`:                     "must be an object",
		`{}`:                     "empty object",
		`{"a": {"b": {}}}`:       "a.b is an empty object",
		`{"a": []}`:              "a is an empty list",
		`{"a": "x"}`:             "a must be an object or a list",
		`{"a": [["x"]]}`:         "a list inside the list",
		`{"a": [{"like": "x"}]}`: `no operator "like"`,
		`{"a": [{"prefix": "x", "suffix": "y"}]}`:   "one operator",
		`{"a": [{"exists": "yes"}]}`:                "true or false",
		`{"a": [{"wildcard": "a**b"}]}`:             "two wildcards",
		`{"a": [{"wildcard": "a\\b"}]}`:             "backslash",
		`{"a": [{"wildcard": "*:*:*:*:*:x"}]}`:      "too complex",
		`{"a": [{"numeric": [">", 5, "<", 5]}]}`:    "no range",
		`{"a": [{"numeric": ["!", 5]}]}`:            "none of",
		`{"a": [{"numeric": ["=", "5"]}]}`:          "no number",
		`{"a": [{"anything-but": []}]}`:             "empty",
		`{"a": [{"anything-but": ["x", 1]}]}`:       "mixed",
		`{"a": [{"anything-but": true}]}`:           "texts or numbers",
		`{"a": [{"anything-but": {"cidr": "x"}}]}`:  `no anything-but with "cidr"`,
		`{"a": [{"anything-but": {"prefix": ""}}]}`: "empty",
		`{"a": [{"cidr": "10.0.0.1"}]}`:             "no address block",
	}
	for text, want := range cases {
		if _, err := pattern.Compile([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q is not said in: %v", text, want, err)
		}
	}
}

func TestOrsThatMultiplyTooFarAreRefused(t *testing.T) {
	branch := `{"$or": [{"a": [1]}, {"b": [1]}, {"c": [1]}, {"d": [1]}]}`
	nested := []string{}
	for _, name := range []string{"p", "q", "r", "s", "t"} {
		nested = append(nested, `"`+name+`": `+branch)
	}
	_, err := pattern.Compile([]byte("{" + strings.Join(nested, ",") + "}"))
	if err == nil || !strings.Contains(err.Error(), "1000 combinations") {
		t.Errorf("got %v", err)
	}
}
