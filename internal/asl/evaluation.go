package asl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/sluice-flink/sluice/internal/asl/jsonata"
)

// evaluation is a moment at which templates are evaluated. All of them see the
// same variables: those from when the state was entered.
type evaluation struct {
	visit   *visit
	extra   map[string]json.RawMessage // of $states, besides input and context
	session *jsonata.Session           // opened by the first expression
}

// fault is a template that could not be evaluated: where, and what AWS says of it.
type fault struct{ location, cause string }

// open gives the session in which all expressions of the moment are evaluated.
func (e *evaluation) open() (*jsonata.Session, error) {
	if e.session != nil {
		return e.session, nil
	}
	v := e.visit
	if v.JSONata == nil {
		return nil, errors.New("Options.JSONata is missing, without which expressions cannot be evaluated")
	}
	session, err := v.JSONata.Open(jsonata.Env{Variables: e.variables(), Now: v.Clock.Now, Rand: v.random})
	e.session = session
	return session, err
}

func (e *evaluation) close() {
	if e.session != nil {
		e.session.Close()
	}
}

func (e *evaluation) variables() map[string]json.RawMessage {
	reserved := map[string]json.RawMessage{"input": e.visit.input, "context": e.visit.contextObject()}
	maps.Copy(reserved, e.extra)
	all := e.visit.scope.all()
	all["states"], _ = json.Marshal(reserved) // JSON already
	return all
}

func (e *evaluation) value(t *template, location string) (json.RawMessage, *fault) {
	var out bytes.Buffer
	if bad := e.write(&out, t, location); bad != nil {
		return nil, bad
	}
	return out.Bytes(), nil
}

func (e *evaluation) write(out *bytes.Buffer, t *template, location string) *fault {
	switch t.kind {
	case literal:
		out.Write(t.literal)
	case expression:
		return e.writeExpression(out, t.expression, location)
	case array:
		return e.writeAll(out, t, '[', ']', location)
	case object:
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

func (e *evaluation) writeExpression(out *bytes.Buffer, code, location string) *fault {
	if value, ok := e.direct(code); ok {
		out.Write(value)
		return nil
	}
	session, err := e.open()
	if err != nil {
		return &fault{location, err.Error()}
	}
	result, err := session.Evaluate(e.visit.ctx, code)
	if err == nil {
		out.Write(result)
		return nil
	}
	about := fmt.Sprintf("The JSONata expression '%s' specified for the field '%s' ", code, location)
	if errors.Is(err, jsonata.ErrUndefined) || errors.Is(err, jsonata.ErrUnsupportedResult) {
		return &fault{location: location, cause: about + err.Error() + "."}
	}
	return &fault{location: location, cause: about + "threw an error during evaluation. " + err.Error()}
}

func (e *evaluation) settle(want ending, left *exit) *fault {
	if want.output != nil {
		output, bad := e.value(want.output, want.prefix+"Output")
		if bad != nil {
			return bad
		}
		left.output = output
	}
	if want.assign == nil {
		return nil
	}
	left.assign = map[string]json.RawMessage{}
	for i, name := range want.assign.names {
		value, bad := e.value(want.assign.items[i], want.prefix+"Assign/"+name)
		if bad != nil {
			return bad
		}
		left.assign[name] = value
	}
	return nil
}
