package asl

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/sluice-flink/sluice/internal/asl/jsonata"
)

// template is a JSON value in a definition whose strings may be expressions:
// "{% … %}". Exactly one of its forms is set.
type template struct {
	literal    json.RawMessage
	expression string
	items      []*template
	names      []string // of an object's fields; values are in items
	kind       byte     // 'l'iteral, 'e'xpression, 'a'rray, 'o'bject
}

// expressionOf returns the JSONata inside "{% … %}". bad is set when only one of
// the marks is there; AWS refuses such a definition.
func expressionOf(text string) (expression string, is, bad bool) {
	opened, closed := strings.HasPrefix(text, "{%"), strings.HasSuffix(text, "%}")
	if !opened && !closed {
		return "", false, false
	}
	if !opened || !closed || len(text) < 4 {
		return "", false, true
	}
	return strings.TrimSpace(text[2 : len(text)-2]), true, false
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
		literal, err := json.Marshal(value)
		return &template{kind: 'l', literal: literal}, err
	}
}

func readString(value string) (*template, error) {
	expression, is, bad := expressionOf(value)
	if bad {
		return nil, fmt.Errorf("%q must start with {%% and end with %%}, without spaces around", value)
	}
	if is {
		return &template{kind: 'e', expression: expression}, nil
	}
	return &template{kind: 'l', literal: quote(value)}, nil
}

func readArray(decoder *json.Decoder) (*template, error) {
	array := &template{kind: 'a'}
	for decoder.More() {
		item, err := readTemplate(decoder)
		if err != nil {
			return nil, err
		}
		array.items = append(array.items, item)
	}
	_, err := decoder.Token()
	return array, err
}

func readObject(decoder *json.Decoder) (*template, error) {
	object := &template{kind: 'o'}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		value, err := readTemplate(decoder)
		if err != nil {
			return nil, err
		}
		object.names = append(object.names, name.(string))
		object.items = append(object.items, value)
	}
	_, err := decoder.Token()
	return object, err
}

// evaluation is the moment at which templates are evaluated.
type evaluation struct {
	ctx     context.Context //nolint:containedctx // lives for one call
	session *jsonata.Session
}

// fault is a template that could not be evaluated: where, and what AWS says of it.
type fault struct{ location, cause string }

func (e *evaluation) value(t *template, location string) (json.RawMessage, *fault) {
	var out bytes.Buffer
	if bad := e.write(&out, t, location); bad != nil {
		return nil, bad
	}
	return out.Bytes(), nil
}

func (e *evaluation) write(out *bytes.Buffer, t *template, location string) *fault {
	switch t.kind {
	case 'l':
		out.Write(t.literal)
	case 'e':
		return e.writeExpression(out, t.expression, location)
	case 'a':
		return e.writeAll(out, t, '[', ']', location)
	case 'o':
		return e.writeAll(out, t, '{', '}', location)
	}
	return nil
}

func (e *evaluation) writeAll(out *bytes.Buffer, t *template, open, end byte, location string) *fault {
	out.WriteByte(open)
	for i, item := range t.items {
		if i > 0 {
			out.WriteByte(',')
		}
		at := fmt.Sprintf("%s[%d]", location, i)
		if t.names != nil {
			at = location + "/" + t.names[i]
			out.Write(quote(t.names[i]))
			out.WriteByte(':')
		}
		if bad := e.write(out, item, at); bad != nil {
			return bad
		}
	}
	out.WriteByte(end)
	return nil
}

func (e *evaluation) writeExpression(out *bytes.Buffer, expression, location string) *fault {
	result, err := e.session.Evaluate(e.ctx, expression)
	if err == nil {
		out.Write(result)
		return nil
	}
	about := fmt.Sprintf("The JSONata expression '%s' specified for the field '%s' ", expression, location)
	if errors.Is(err, jsonata.ErrUndefined) || errors.Is(err, jsonata.ErrUnsupportedResult) {
		return &fault{location: location, cause: about + err.Error() + "."}
	}
	return &fault{location: location, cause: about + "threw an error during evaluation. " + err.Error()}
}

// quote writes a string as JSON without the escapes that only HTML needs.
func quote(text string) json.RawMessage {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string always can be encoded
	return bytes.TrimRight(out.Bytes(), "\n")
}
