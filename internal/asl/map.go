package asl

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
)

// Concurrent iterations at most.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/state-map.html
const (
	maxInline      = 40
	maxDistributed = 10000
)

// mapState runs its processor for every item. Distributed, every iteration is
// an execution of its own: a history of its own, no variables from outside.
type mapState struct {
	common
	policy
	processor                     *states
	distributed                   bool
	reader                        *itemReader // nil: the items are in the state's input or in Items
	items, selector               *template
	concurrency                   *template
	toleratedCount, toleratedPart *template
}

func parseMap(f *fields, c common, outer map[string]bool) state {
	s := &mapState{items: f.template("Items"), selector: f.template("ItemSelector"), policy: f.readPolicy(&c)}
	if s.items != nil && s.items.kind != expression && s.items.kind != array {
		f.fault("Items", "must be an array or an expression")
	}
	s.concurrency = f.number("MaxConcurrency", 0, math.MaxInt32, true)
	s.toleratedCount = f.number("ToleratedFailureCount", 0, math.MaxInt32, true)
	s.toleratedPart = f.number("ToleratedFailurePercentage", 0, 100, false)
	s.reader = f.itemReader()
	s.parseProcessor(f, outer)
	switch {
	case s.reader != nil && !s.distributed:
		f.fault("ItemReader", "belongs to a Map in DISTRIBUTED mode only")
	case s.reader != nil && s.items != nil:
		f.fault("Items", "stands beside ItemReader: remove one")
	}
	if label := f.text("Label"); label != "" && !s.distributed {
		f.fault("Label", "belongs to a Map in DISTRIBUTED mode only")
	}
	f.readAssign(&c)
	f.readOutput(&c)
	f.readTransition(&c)
	s.common = c
	return s
}

func (s *mapState) parseProcessor(f *fields, outer map[string]bool) {
	raw, ok := f.take("ItemProcessor")
	if !ok {
		f.fault("ItemProcessor", "is missing: it holds the states that process an item")
		raw = json.RawMessage(`{"StartAt":"","States":{}}`)
	}
	processor := f.parser.object(raw, f.state, "ItemProcessor.")
	processor.text("Comment")
	if config, ok := processor.take("ProcessorConfig"); ok {
		s.distributed = f.parser.object(config, f.state, "ItemProcessor.ProcessorConfig.").processorConfig()
	}
	if s.distributed {
		outer = nil // not visible from inside
	}
	if ok {
		inner := map[string]bool{}
		maps.Copy(inner, outer)
		s.processor = f.parser.states(processor, inner)
		processor.finish()
	}
}

func (f *fields) processorConfig() (distributed bool) {
	mode, kind := f.text("Mode"), f.text("ExecutionType")
	switch {
	case mode != "" && mode != "INLINE" && mode != "DISTRIBUTED":
		f.fault("Mode", "must be INLINE or DISTRIBUTED, not %q", mode)
	case mode == "DISTRIBUTED" && kind != "STANDARD":
		f.fault("ExecutionType", "must be STANDARD; EXPRESS children are not supported here")
	case mode != "DISTRIBUTED" && kind != "":
		f.fault("ExecutionType", "belongs to DISTRIBUTED mode only")
	}
	f.finish()
	return mode == "DISTRIBUTED"
}

func (s *mapState) run(v *visit) (exit, *Error) {
	return v.guarded(s.policy, func() (exit, *Error) { return s.attempt(v) })
}

func (s *mapState) attempt(v *visit) (exit, *Error) {
	work, err := s.plan(v)
	if err != nil {
		return exit{}, err
	}
	v.record(Event{Type: "MapStateStarted"})
	if s.distributed {
		v.record(Event{Type: "MapRunStarted"})
	}
	err = v.concurrently(len(work.inputs), work.limit, work.tolerates, func(ctx context.Context, i int) *Error {
		return work.iterate(ctx, v, i)
	})
	if err != nil {
		return exit{}, s.failed(v, err)
	}
	if s.distributed {
		v.record(Event{Type: "MapRunSucceeded"})
	}
	v.record(Event{Type: "MapStateSucceeded"})
	result := jsonArray(work.results)
	if s.distributed {
		// Without a ResultWriter the results come back as the state's result.
		if err := withinLimit(result, "the result of the Map"); err != nil {
			return exit{}, v.failure(err.Name, err.Cause)
		}
	}
	return v.settle(ending{
		output: s.output, assign: s.assign, otherwise: result, next: s.next,
		extra: map[string]json.RawMessage{"result": result},
	})
}

// failed words the failure: an inline Map fails as its iteration did, unless it
// was told to tolerate some; a distributed one has exceeded its threshold.
func (s *mapState) failed(v *visit, err *Error) *Error {
	if err == stopped {
		return err
	}
	if s.distributed || s.toleratedCount != nil || s.toleratedPart != nil {
		err = &Error{ErrorToleratedFailureExceeded, "The specified tolerated failure threshold was exceeded; the last failure was " + err.Error()}
	}
	if s.distributed {
		v.record(Event{Type: "MapRunFailed", Error: err.Name, Cause: err.Cause})
	}
	return err
}

// plan evaluates everything the iterations need before the first one starts.
func (s *mapState) plan(v *visit) (*iterations, *Error) {
	items, err := s.evaluateItems(v)
	if err != nil {
		return nil, err
	}
	most := float64(maxInline)
	if s.distributed {
		most = maxDistributed
	}
	limit, err := v.number(s.concurrency, "MaxConcurrency", 0, 0, math.MaxInt32, true)
	if err != nil {
		return nil, err
	}
	if limit == 0 || limit > most {
		limit = most
	}
	work := &iterations{state: s, items: items, limit: int(limit), results: make([]json.RawMessage, len(items))}
	if work.inputs, err = s.shape(v, items); err != nil {
		return nil, err
	}
	return work, work.readTolerance(v)
}

func (s *mapState) evaluateItems(v *visit) ([]json.RawMessage, *Error) {
	if s.reader != nil {
		return s.reader.read(v)
	}
	raw, err := v.one(s.items, "Items", v.input)
	if err != nil {
		return nil, err
	}
	if typeOf(raw) != "array" {
		if s.items == nil {
			return nil, v.evaluationFailed(&fault{"Items", fmt.Sprintf("Map state input must be an array but was: %s", short(raw))})
		}
		return nil, v.unexpected(s.items, "Items", "array", raw)
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return nil, v.failure(ErrorRuntime, "Items cannot be read.")
	}
	return items, nil
}

// shape shapes every item with ItemSelector, which sees the item in
// $states.context.Map.Item.
func (s *mapState) shape(v *visit, items []json.RawMessage) ([]json.RawMessage, *Error) {
	if s.selector == nil {
		return items, nil
	}
	shaped := make([]json.RawMessage, len(items))
	for i, item := range items {
		inside := *v
		strand := *v.strand
		strand.item = &mapItem{Index: i, Value: item}
		inside.strand = &strand
		value, err := inside.one(s.selector, "ItemSelector", nil)
		if err != nil {
			return nil, err
		}
		shaped[i] = value
	}
	return shaped, nil
}
