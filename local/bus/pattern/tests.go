package pattern

import (
	"encoding/json"
	"errors"
	"fmt"
)

// test is one item of a field's list: a condition on a value, or on there being none.
type test struct {
	value  func(any) bool // nil: holds for no value
	absent bool           // holds where the event has no such field
}

// operators by name; each reads its operand. Filled in by init, because
// anything-but refers to the others.
var operators map[string]func(operand any) (test, error)

func init() {
	operators = map[string]func(any) (test, error){
		"prefix": affix(hasPrefix), "suffix": affix(hasSuffix), "equals-ignore-case": equalsIgnoreCase,
		"wildcard": wildcardTest, "anything-but": anythingBut, "numeric": numeric, "exists": exists, "cidr": cidr,
	}
}

func compileTests(path string, list []any) ([]test, error) {
	if len(list) == 0 {
		return nil, fmt.Errorf("%s is an empty list", at(path))
	}
	var tests []test
	for _, item := range list {
		t, err := compileTest(item)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", at(path), err)
		}
		tests = append(tests, t)
	}
	return tests, nil
}

func compileTest(item any) (test, error) {
	switch item := item.(type) {
	case string, bool, nil:
		return test{value: func(v any) bool { return v == item }}, nil
	case json.Number:
		return numberTest(item)
	case map[string]any:
		return compileOperator(item)
	}
	return test{}, fmt.Errorf("a list inside the list, %s", show(item))
}

func compileOperator(object map[string]any) (test, error) {
	if len(object) != 1 {
		return test{}, fmt.Errorf("one operator is wanted in %s", show(object))
	}
	for name, operand := range object {
		read, known := operators[name]
		if !known {
			return test{}, fmt.Errorf("there is no operator %q", name)
		}
		t, err := read(operand)
		if err != nil {
			return test{}, fmt.Errorf("%s: %w", name, err)
		}
		return t, nil
	}
	return test{}, errors.New("no operator") // not reached: there is one
}

// onText is a test that only texts can pass.
func onText(holds func(string) bool) test {
	return test{value: func(v any) bool {
		text, ok := v.(string)
		return ok && holds(text)
	}}
}

func exists(operand any) (test, error) {
	want, ok := operand.(bool)
	if !ok {
		return test{}, fmt.Errorf("true or false is wanted, not %s", show(operand))
	}
	if want {
		return test{value: func(any) bool { return true }}, nil
	}
	return test{absent: true}, nil
}
