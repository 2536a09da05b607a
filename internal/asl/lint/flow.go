package lint

import (
	"maps"
	"slices"
)

type set map[string]bool

// flow is how one can go from state to state within a scope.
type flow struct {
	reached  set             // from the start
	ending   set             // can come to an end
	incoming map[string][]in // by state
}

type in struct {
	from    string
	assigns set
}

func newFlow(s *scope) *flow {
	f := &flow{reached: set{}, ending: set{}, incoming: map[string][]in{}}
	f.reach(s, s.start)
	for _, state := range s.ordered() {
		for _, way := range state.edges() {
			if s.states[way.to] != nil {
				f.incoming[way.to] = append(f.incoming[way.to], in{state.name, names(way.assigns)})
			}
		}
	}
	for _, state := range s.ordered() {
		if state.terminal() {
			f.endsAt(state.name)
		}
	}
	return f
}

func (f *flow) reach(s *scope, name string) {
	state := s.states[name]
	if state == nil || f.reached[name] {
		return
	}
	f.reached[name] = true
	for _, way := range state.edges() {
		f.reach(s, way.to)
	}
}

func (f *flow) endsAt(name string) {
	if f.ending[name] {
		return
	}
	f.ending[name] = true
	for _, way := range f.incoming[name] {
		f.endsAt(way.from)
	}
}

func (c *checker) reachable(s *scope, f *flow) {
	for _, state := range s.ordered() {
		switch {
		case !f.reached[state.name]:
			c.add(RuleReachable, state.name, "", "is never reached from %q: lead a state to it or remove it", s.start)
		case !f.ending[state.name]:
			c.add(RuleEnds, state.name, "", "leads to no end: give the loop a way to a state with \"End\": true, a Succeed or a Fail")
		}
	}
}

// assignedBefore says which variables have a value on every path to a state:
// the least of what its predecessors leave, found by going round until nothing
// changes. A state that was not visited yet sets no bound.
func (f *flow) assignedBefore(s *scope, available set) map[string]set {
	before := map[string]set{}
	if s.states[s.start] == nil || available == nil {
		return before
	}
	before[s.start] = maps.Clone(available)
	for changed := true; changed; {
		changed = false
		for _, state := range s.ordered() {
			now, known := f.meet(state.name, s.start, before)
			if known && !maps.Equal(now, before[state.name]) {
				before[state.name] = now
				changed = true
			}
		}
	}
	return before
}

// meet intersects what the visited predecessors of a state leave behind.
func (f *flow) meet(name, start string, before map[string]set) (set, bool) {
	var result set
	if name == start {
		result = maps.Clone(before[start])
	}
	for _, way := range f.incoming[name] {
		left, visited := before[way.from]
		if !visited {
			continue
		}
		after := maps.Clone(left)
		maps.Copy(after, way.assigns)
		if result == nil {
			result = after
			continue
		}
		maps.DeleteFunc(result, func(variable string, _ bool) bool { return !after[variable] })
	}
	return result, result != nil
}

func names[V any](values map[string]V) set {
	result := set{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		result[name] = true
	}
	return result
}
