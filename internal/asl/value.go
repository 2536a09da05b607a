package asl

import (
	"encoding/json"
	"fmt"
)

// one evaluates a single field; without a template it is otherwise.
func (v *visit) one(t *template, field string, otherwise json.RawMessage) (json.RawMessage, *Error) {
	if t == nil {
		return otherwise, nil
	}
	if t.kind == literal {
		return t.literal, nil
	}
	var value json.RawMessage
	err := v.evaluate(nil, func(e *evaluation) *fault {
		var bad *fault
		value, bad = e.value(t, field)
		return bad
	})
	if err != nil {
		return nil, err
	}
	if err := withinLimit(value, "the field '"+field+"'"); err != nil {
		return nil, v.failure(err.Name, err.Cause)
	}
	return value, nil
}

// number evaluates a field that is a number; its literal was checked when the
// definition was read.
func (v *visit) number(t *template, field string, otherwise, least, most float64, whole bool) (float64, *Error) {
	if t == nil {
		return otherwise, nil
	}
	raw, err := v.one(t, field, nil)
	if err != nil {
		return 0, err
	}
	if problem := numberFault(raw, least, most, whole); problem != "" {
		return 0, v.evaluationFailed(&fault{field, fmt.Sprintf("The field '%s' %s.", field, problem)})
	}
	var number float64
	_ = json.Unmarshal(raw, &number) // checked above
	return number, nil
}

// text evaluates a field that is a string.
func (v *visit) text(t *template, field string) (string, *Error) {
	raw, err := v.one(t, field, json.RawMessage(`""`))
	if err != nil {
		return "", err
	}
	var text *string
	if json.Unmarshal(raw, &text) != nil || text == nil {
		return "", v.unexpected(t, field, "string", raw)
	}
	return *text, nil
}

// unexpected words a result of the wrong type as AWS does.
func (v *visit) unexpected(t *template, field, wanted string, got json.RawMessage) *Error {
	return v.evaluationFailed(&fault{field, fmt.Sprintf(
		"The JSONata expression '%s' specified for the field '%s' returned an unexpected result type. Expected '%s', but was '%s' for value: %s",
		t.expression, field, wanted, typeOf(got), short(got))})
}

func typeOf(raw json.RawMessage) string {
	switch raw[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
}
