package asl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// template is a JSON value in a definition whose strings may be expressions:
// "{% … %}". Exactly one of its forms is set.
type template struct {
	literal    json.RawMessage
	expression string
	items      []*template
	names      []string // of an object's fields; values are in items
	kind       kind
}

// kind is the form of a template.
type kind int

const (
	literal kind = iota
	expression
	array
	object
)

// expressionOf returns the JSONata inside "{% … %}". bad is set when only one of
// the marks is there; AWS refuses such a definition.
func expressionOf(text string) (code string, is, bad bool) {
	opened, closed := strings.HasPrefix(text, "{%"), strings.HasSuffix(text, "%}")
	if !opened && !closed {
		return "", false, false
	}
	if !opened || !closed || len(text) < 4 {
		return "", false, true
	}
	return strings.TrimSpace(text[2 : len(text)-2]), true, false
}

// below reports whether one number is smaller than another; of expressions
// nothing can be said yet.
func (t *template) below(other *template) bool {
	var a, b float64
	if t.kind != literal || other.kind != literal || json.Unmarshal(t.literal, &a) != nil || json.Unmarshal(other.literal, &b) != nil {
		return true
	}
	return a < b
}

// parseTemplate keeps the order of fields, so that outputs read like their definition.
func parseTemplate(raw json.RawMessage) (*template, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return readTemplate(decoder)
}

func readTemplate(decoder *json.Decoder) (*template, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch value := token.(type) {
	case json.Delim:
		if value == '[' {
			return readArray(decoder)
		}
		return readObject(decoder)
	case string:
		return readString(value)
	default:
		text, err := json.Marshal(value)
		return &template{kind: literal, literal: text}, err
	}
}

func readString(value string) (*template, error) {
	code, is, bad := expressionOf(value)
	if bad {
		return nil, fmt.Errorf("%q must start with {%% and end with %%}, without spaces around", value)
	}
	if is {
		return &template{kind: expression, expression: code}, nil
	}
	return &template{kind: literal, literal: quote(value)}, nil
}

func readArray(decoder *json.Decoder) (*template, error) {
	read := &template{kind: array}
	for decoder.More() {
		item, err := readTemplate(decoder)
		if err != nil {
			return nil, err
		}
		read.items = append(read.items, item)
	}
	_, err := decoder.Token()
	return read, err
}

func readObject(decoder *json.Decoder) (*template, error) {
	read := &template{kind: object}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		value, err := readTemplate(decoder)
		if err != nil {
			return nil, err
		}
		read.names = append(read.names, name.(string))
		read.items = append(read.items, value)
	}
	_, err := decoder.Token()
	return read, err
}

// quote writes a string as JSON without the escapes that only HTML needs.
func quote(text string) json.RawMessage {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string always can be encoded
	return bytes.TrimRight(out.Bytes(), "\n")
}
