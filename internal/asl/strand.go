package asl

import (
	"context"
	"encoding/json"
)

// strand is one line of control: the execution itself, a branch, an iteration.
type strand struct {
	*run
	execution Execution
	history   *history
	scope     *scope
	input     json.RawMessage // of the execution
	item      *mapItem        // the iteration that the strand is in, if any
}

// branch is a strand for a Parallel branch or an iteration.
func (s *strand) branch(item *mapItem) *strand {
	inner := *s
	inner.scope = s.scope.inner()
	if item != nil {
		inner.item = item
	}
	return &inner
}

// begin checks the input and goes through the states.
func (s *strand) begin(ctx context.Context, set *states, input json.RawMessage) (json.RawMessage, *Error) {
	if err := withinLimit(input, "the input of the execution"); err != nil {
		return nil, err
	}
	return s.walk(ctx, set, input)
}

// walk goes from state to state until one ends or fails.
func (s *strand) walk(ctx context.Context, set *states, input json.RawMessage) (json.RawMessage, *Error) {
	name := set.start
	for {
		if ctx.Err() != nil {
			return nil, stopped
		}
		current := set.named[name]
		v := s.enter(ctx, current.shared(), input)
		left, err := current.run(v)
		if err == nil {
			err = v.leave(left)
		}
		if ctx.Err() != nil {
			return nil, v.abort()
		}
		if err != nil {
			v.failed()
			return nil, err
		}
		if left.next == "" {
			return left.output, nil
		}
		name, input = left.next, left.output
	}
}

// enter notes that a state was entered.
func (s *strand) enter(ctx context.Context, c *common, input json.RawMessage) *visit {
	s.mu.Lock()
	s.path = append(s.path, c.name)
	s.transitions++
	s.mu.Unlock()
	v := &visit{strand: s, ctx: ctx, name: c.name, kind: c.kind, input: input, entered: s.Clock.Now()}
	v.id = v.record(Event{Type: c.kind + "StateEntered", Input: input})
	return v
}
