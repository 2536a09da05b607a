package asl

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
)

// parallelState runs its branches at once, each on the same input.
type parallelState struct {
	common
	policy
	branches  []*states
	arguments *template
}

func parseParallel(f *fields, c common, outer map[string]bool) state {
	s := &parallelState{arguments: f.template("Arguments"), policy: f.readPolicy(&c)}
	var raws []json.RawMessage
	f.read("Branches", &raws, "an array of branches")
	if len(raws) == 0 {
		f.fault("Branches", "must have at least one branch")
	}
	for i, raw := range raws {
		branch := f.parser.object(raw, f.state, fmt.Sprintf("Branches[%d].", i))
		branch.text("Comment")
		s.branches = append(s.branches, f.parser.states(branch, maps.Clone(outer)))
		branch.finish()
	}
	f.readAssign(&c)
	f.readOutput(&c)
	f.readTransition(&c)
	s.common = c
	return s
}

func (s *parallelState) run(v *visit) (exit, *Error) {
	return v.guarded(s.policy, func() (exit, *Error) { return s.attempt(v) })
}

func (s *parallelState) attempt(v *visit) (exit, *Error) {
	input, err := v.one(s.arguments, "Arguments", v.input)
	if err != nil {
		return exit{}, err
	}
	v.record(Event{Type: "ParallelStateStarted"})
	results := make([]json.RawMessage, len(s.branches))
	none := func(int) bool { return false }
	err = v.concurrently(len(s.branches), len(s.branches), none, func(ctx context.Context, i int) *Error {
		output, err := v.branch(nil).walk(ctx, s.branches[i], input)
		results[i] = output
		return err
	})
	if err != nil {
		return exit{}, err
	}
	v.record(Event{Type: "ParallelStateSucceeded"})
	result := jsonArray(results)
	return v.settle(ending{
		output: s.output, assign: s.assign, otherwise: result, next: s.next,
		extra: map[string]json.RawMessage{"result": result},
	})
}

func jsonArray(values []json.RawMessage) json.RawMessage {
	var out bytes.Buffer
	out.WriteByte('[')
	for i, value := range values {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(value)
	}
	out.WriteByte(']')
	return out.Bytes()
}
