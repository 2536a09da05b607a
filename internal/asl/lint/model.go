package lint

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// machine is a definition as far as the rules need it. What is malformed has
// been reported by asl.Parse and is read as absent.
type machine struct {
	Comment string
	scope   *scope
}

// scope is a set of states with variables of its own.
type scope struct {
	start    string
	states   map[string]*state
	isolated bool // a distributed Map: variables from around are not visible
}

type state struct {
	name           string
	fields         map[string]json.RawMessage
	Type           string
	Comment        string
	Next           string
	Default        string
	End            bool
	Resource       string
	Assign         map[string]json.RawMessage
	Choices        []transition
	Retry, Catch   []transition
	Branches       []json.RawMessage
	ItemProcessor  json.RawMessage
	TimeoutSeconds json.RawMessage
}

// transition is a choice rule, a retrier or a catcher.
type transition struct {
	ErrorEquals []string
	Next        string
	Assign      map[string]json.RawMessage
}

func readMachine(definition []byte) (*machine, error) {
	var m machine
	if err := json.Unmarshal(definition, &m); err != nil {
		return nil, err
	}
	m.scope = readScope(definition)
	return &m, nil
}

func readScope(raw json.RawMessage) *scope {
	var read struct {
		StartAt         string
		States          map[string]json.RawMessage
		ProcessorConfig struct{ Mode string }
	}
	_ = json.Unmarshal(raw, &read)
	s := &scope{start: read.StartAt, states: map[string]*state{}, isolated: read.ProcessorConfig.Mode == "DISTRIBUTED"}
	for name, text := range read.States {
		one := &state{name: name}
		_ = json.Unmarshal(text, one)
		_ = json.Unmarshal(text, &one.fields)
		s.states[name] = one
	}
	return s
}

func (s *scope) ordered() []*state {
	var list []*state
	for _, name := range slices.Sorted(maps.Keys(s.states)) {
		list = append(list, s.states[name])
	}
	return list
}

// inner are the scopes inside a Parallel or Map state.
func (s *state) inner() []*scope {
	var list []*scope
	for _, branch := range s.Branches {
		list = append(list, readScope(branch))
	}
	if s.ItemProcessor != nil {
		list = append(list, readScope(s.ItemProcessor))
	}
	return list
}

// edge is one way out of a state and what is assigned on it.
type edge struct {
	to      string
	assigns map[string]json.RawMessage
}

func (s *state) edges() []edge {
	var list []edge
	if s.Next != "" && s.Type != "Choice" {
		list = append(list, edge{s.Next, s.Assign})
	}
	for _, rule := range s.Choices {
		list = append(list, edge{rule.Next, rule.Assign})
	}
	if s.Default != "" {
		list = append(list, edge{s.Default, s.Assign})
	}
	for _, catcher := range s.Catch {
		list = append(list, edge{catcher.Next, catcher.Assign})
	}
	return list
}

func (s *state) terminal() bool { return s.End || s.Type == "Succeed" || s.Type == "Fail" }

// visitStrings calls visit for every string inside a JSON value.
func visitStrings(raw json.RawMessage, at string, visit func(at, text string)) {
	var value any
	if json.Unmarshal(raw, &value) == nil {
		visitValue(value, at, visit)
	}
}

func visitValue(value any, at string, visit func(at, text string)) {
	switch v := value.(type) {
	case string:
		visit(at, v)
	case []any:
		for i, item := range v {
			visitValue(item, fmt.Sprintf("%s[%d]", at, i), visit)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			visitValue(v[name], at+"."+name, visit)
		}
	}
}
