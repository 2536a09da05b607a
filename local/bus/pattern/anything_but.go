package pattern

import (
	"encoding/json"
	"errors"
	"fmt"
)

// anythingBut reads a text, a number, a list of one of the two, or an operator
// on texts with one text or a list. A field that is absent does not match.
func anythingBut(operand any) (test, error) {
	refused, err := refusedValues(operand)
	if err != nil {
		return test{}, err
	}
	return test{value: func(v any) bool {
		for _, t := range refused {
			if t.value(v) {
				return false
			}
		}
		return true
	}}, nil
}

func refusedValues(operand any) ([]test, error) {
	object, ok := operand.(map[string]any)
	if !ok {
		return refusedLiterals(operand)
	}
	if len(object) != 1 {
		return nil, fmt.Errorf("one operator is wanted in %s", show(object))
	}
	for name, inner := range object {
		switch name {
		case "prefix", "suffix", "equals-ignore-case", "wildcard":
			return refusedTexts(name, inner)
		}
		return nil, fmt.Errorf("there is no anything-but with %q", name)
	}
	return nil, errors.New("no operator") // not reached: there is one
}

// refusedTexts reads the operand of an operator inside anything-but.
func refusedTexts(name string, operand any) ([]test, error) {
	list, err := oneOrMore(operand)
	if err != nil {
		return nil, err
	}
	var tests []test
	for _, item := range list {
		text, ok := item.(string)
		if !ok {
			return nil, fmt.Errorf("%s: a text is wanted, not %s", name, show(item))
		}
		if text == "" && name != "equals-ignore-case" {
			return nil, fmt.Errorf("%s: the text is empty", name)
		}
		t, err := operators[name](text)
		if err != nil {
			return nil, err
		}
		tests = append(tests, t)
	}
	return tests, nil
}

// refusedLiterals reads texts or numbers, not mixed.
func refusedLiterals(operand any) ([]test, error) {
	list, err := oneOrMore(operand)
	if err != nil {
		return nil, err
	}
	var tests []test
	texts := 0
	for _, item := range list {
		switch item.(type) {
		case string:
			texts++
		case json.Number:
		default:
			return nil, fmt.Errorf("texts or numbers are wanted, not %s", show(item))
		}
		t, err := compileTest(item)
		if err != nil {
			return nil, err
		}
		tests = append(tests, t)
	}
	if texts != 0 && texts != len(list) {
		return nil, fmt.Errorf("texts and numbers are mixed in %s", show(list))
	}
	return tests, nil
}

func oneOrMore(operand any) ([]any, error) {
	list, ok := operand.([]any)
	if !ok {
		return []any{operand}, nil
	}
	if len(list) == 0 {
		return nil, errors.New("the list is empty")
	}
	return list, nil
}
