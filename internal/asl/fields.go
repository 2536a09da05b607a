package asl

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// fields reads one JSON object of a definition and notes what is wrong with it.
// Whatever was not asked for by the time of finish is refused by name.
type fields struct {
	parser *parser
	state  string
	prefix string // of field names in messages: "Retry[0]."
	raw    map[string]json.RawMessage
	asked  map[string]bool
}

// unsupported says why a field of the language is refused.
var unsupported = map[string]string{
	"InputPath": "JSONPath, use Arguments", "Parameters": "JSONPath, use Arguments", "ResultSelector": "JSONPath, use Output",
	"ResultPath": "JSONPath, use Assign and Output", "OutputPath": "JSONPath, use Output", "ItemsPath": "JSONPath, use Items",
	"SecondsPath": "JSONPath, use Seconds", "TimestampPath": "JSONPath, use Timestamp", "TimeoutSecondsPath": "JSONPath, use TimeoutSeconds",
	"HeartbeatSecondsPath": "JSONPath, use HeartbeatSeconds", "ErrorPath": "JSONPath, use Error", "CausePath": "JSONPath, use Cause",
	"MaxConcurrencyPath": "JSONPath, use MaxConcurrency", "Result": "JSONPath, use Output", "Iterator": "deprecated, use ItemProcessor",
	"Variable":     "JSONPath, use Condition",
	"ItemBatcher":  "not supported here, batch with $partition in Items",
	"ResultWriter": "not supported here, write results in a task", "Credentials": "not supported here, tasks run with their own role",
	"ToleratedFailureCountPath": "JSONPath, use ToleratedFailureCount", "ToleratedFailurePercentagePath": "JSONPath, use ToleratedFailurePercentage",
}

func (p *parser) object(raw json.RawMessage, state, prefix string) *fields {
	f := &fields{parser: p, state: state, prefix: prefix, asked: map[string]bool{}}
	if err := json.Unmarshal(raw, &f.raw); err != nil || f.raw == nil {
		f.fault("", "must be a JSON object")
		f.raw = map[string]json.RawMessage{}
	}
	return f
}

func (f *fields) fault(name, format string, arguments ...any) {
	f.parser.faults = append(f.parser.faults, Fault{
		State: f.state, Field: strings.TrimSuffix(f.prefix+name, "."), Message: fmt.Sprintf(format, arguments...),
	})
}

// take returns a field's text and remembers that it was asked for.
func (f *fields) take(name string) (json.RawMessage, bool) {
	f.asked[name] = true
	raw, ok := f.raw[name]
	return raw, ok
}

// read decodes a field into target; wanted describes what it must be.
func (f *fields) read(name string, target any, wanted string) bool {
	raw, ok := f.take(name)
	if !ok {
		return false
	}
	if string(raw) == "null" || json.Unmarshal(raw, target) != nil {
		f.fault(name, "must be %s", wanted)
		return false
	}
	return true
}

func (f *fields) text(name string) string {
	var value string
	f.read(name, &value, "a string")
	return value
}

func (f *fields) required(name string) string {
	value := f.text(name)
	if value == "" {
		if raw, given := f.raw[name]; !given || string(raw) == `""` {
			f.fault(name, "is missing: it must be a string that is not empty")
		}
	}
	return value
}

func (f *fields) template(name string) *template {
	raw, ok := f.take(name)
	if !ok {
		return nil
	}
	value, err := parseTemplate(raw)
	if err != nil {
		f.fault(name, "%s", err)
		return nil
	}
	return value
}

// finish refuses whatever nobody asked for.
func (f *fields) finish() {
	for _, name := range slices.Sorted(maps.Keys(f.raw)) {
		if f.asked[name] {
			continue
		}
		if why, known := unsupported[name]; known {
			f.fault(name, "is refused (%s)", why)
		} else {
			f.fault(name, "is not a field that belongs here: remove it or correct its name")
		}
	}
}
