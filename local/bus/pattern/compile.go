package pattern

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// maxAlternatives is how many combinations the branches of $or may have.
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
const maxAlternatives = 1000

// Pattern is a compiled event pattern. It is safe for concurrent use.
type Pattern struct {
	alternatives []conjunction // one must hold
}

// conjunction is a set of fields that must all match.
type conjunction []field

// field is a path (names joined by dots) and what one of its values must be.
type field struct {
	path  string
	tests []test // one must hold
}

// Compile reads an event pattern.
func Compile(text []byte) (*Pattern, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var raw any
	if err := d.Decode(&raw); err != nil {
		return nil, fmt.Errorf("the event pattern is no JSON: %w", err)
	}
	object, ok := raw.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the event pattern must be an object")
	}
	alternatives, err := compileObject("", object)
	if err != nil {
		return nil, fmt.Errorf("the event pattern is not valid: %w", err)
	}
	return &Pattern{alternatives: alternatives}, nil
}

func compileObject(path string, object map[string]any) ([]conjunction, error) {
	if len(object) == 0 {
		return nil, fmt.Errorf("%s is an empty object", at(path))
	}
	alternatives := []conjunction{nil}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		more, err := compileMember(path, name, object[name])
		if err != nil {
			return nil, err
		}
		if alternatives, err = combine(alternatives, more); err != nil {
			return nil, err
		}
	}
	return alternatives, nil
}

func compileMember(path, name string, value any) ([]conjunction, error) {
	if branches, is := orBranches(name, value); is {
		return compileOr(path, branches)
	}
	path = join(path, name)
	switch value := value.(type) {
	case map[string]any:
		return compileObject(path, value)
	case []any:
		tests, err := compileTests(path, value)
		return []conjunction{{{path: path, tests: tests}}}, err
	}
	return nil, fmt.Errorf("%s must be an object or a list, not %s", at(path), show(value))
}

// orBranches tells the operator $or from a field of that name: it holds a list
// of at least two objects, none of which is itself an operator.
func orBranches(name string, value any) ([]any, bool) {
	list, ok := value.([]any)
	if name != "$or" || !ok || len(list) < 2 {
		return nil, false
	}
	for _, item := range list {
		object, ok := item.(map[string]any)
		if !ok {
			return nil, false
		}
		for key := range object {
			if _, operator := operators[key]; operator {
				return nil, false
			}
		}
	}
	return list, true
}

func compileOr(path string, branches []any) ([]conjunction, error) {
	var all []conjunction
	for _, branch := range branches {
		alternatives, err := compileObject(path, branch.(map[string]any))
		if err != nil {
			return nil, err
		}
		all = append(all, alternatives...)
	}
	return all, nil
}

// combine makes every pairing of two sets of alternatives.
func combine(a, b []conjunction) ([]conjunction, error) {
	if len(a)*len(b) > maxAlternatives {
		return nil, fmt.Errorf("its $or make more than %d combinations", maxAlternatives)
	}
	var all []conjunction
	for _, left := range a {
		for _, right := range b {
			all = append(all, append(slices.Clone(left), right...))
		}
	}
	return all, nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func at(path string) string {
	if path == "" {
		return "the pattern"
	}
	return path
}

func show(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprintf("a %T", value)
	}
	return string(text)
}
