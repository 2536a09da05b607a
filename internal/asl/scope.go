package asl

import (
	"encoding/json"
	"fmt"
	"maps"
)

// Limits of variables, in bytes.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
const (
	maxAssign    = 256 << 10
	maxVariables = 10 << 20
)

// scope holds the variables of the top level, of a branch or of an iteration.
// An inner scope reads the outer ones; they do not change while it exists,
// because the Parallel or Map state around it has not ended.
type scope struct {
	outer *scope
	own   map[string]json.RawMessage
}

func (s *scope) inner() *scope { return &scope{outer: s, own: map[string]json.RawMessage{}} }

// all are the variables that can be read here.
func (s *scope) all() map[string]json.RawMessage {
	if s.outer == nil {
		return maps.Clone(s.own)
	}
	all := s.outer.all()
	maps.Copy(all, s.own)
	return all
}

// assign takes the values that a state left behind.
func (s *scope) assign(values map[string]json.RawMessage) *Error {
	size := 0
	for name, value := range values {
		size += len(value)
		s.own[name] = value
		if len(value) > maxAssign {
			return &Error{ErrorDataLimitExceeded, fmt.Sprintf("variable $%s has %d bytes, at most %d are allowed", name, len(value), maxAssign)}
		}
	}
	if size > maxAssign {
		return &Error{ErrorDataLimitExceeded, fmt.Sprintf("one Assign has %d bytes, at most %d are allowed", size, maxAssign)}
	}
	total := 0
	for _, value := range s.all() {
		total += len(value)
	}
	if total > maxVariables {
		return &Error{ErrorDataLimitExceeded, fmt.Sprintf("all variables have %d bytes, at most %d are allowed", total, maxVariables)}
	}
	return nil
}
