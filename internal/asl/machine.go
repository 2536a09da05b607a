package asl

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"
)

// MaxNameLength is how long, in characters, the name of a state or a variable may be.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
const MaxNameLength = 80

// MaxDefinition is the size of the largest definition that AWS takes, in bytes (1 MB).
const MaxDefinition = 1 << 20

// Machine is a state machine that has been read and found sound. It is not
// changed by running and may be used by many executions at once.
type Machine struct {
	top     *states
	timeout time.Duration // 0: none
}

// states is what a machine, a Parallel branch or a Map's processor consists of.
type states struct {
	start string
	named map[string]state
}

// state is one state; run leaves it or fails.
type state interface {
	shared() *common
	run(v *visit) (exit, *Error)
}

// exit is how a state was left.
type exit struct {
	output json.RawMessage
	next   string // empty: the end
	assign map[string]json.RawMessage
}

type parser struct {
	faults Faults
}

// Parse reads a definition. The error is of type Faults and lists everything
// that is wrong or not supported. JSONata inside "{% %}" is not read here:
// package lint does that, and at run time a bad expression fails its state.
func Parse(definition []byte) (*Machine, error) {
	p := &parser{}
	if len(definition) > MaxDefinition {
		return nil, Faults{{Message: fmt.Sprintf("the definition has %d bytes, AWS takes %d: split the state machine", len(definition), MaxDefinition)}}
	}
	if !json.Valid(definition) {
		var any any
		return nil, Faults{{Message: "the definition is not JSON: " + json.Unmarshal(definition, &any).Error()}}
	}
	f := p.object(definition, "", "")
	machine := &Machine{timeout: f.machineTimeout()}
	f.machineLanguage()
	f.text("Comment")
	machine.top = p.states(f, map[string]bool{})
	f.finish()
	if len(p.faults) > 0 {
		return nil, p.faults
	}
	return machine, nil
}

func (f *fields) machineTimeout() time.Duration {
	var seconds int64
	if f.read("TimeoutSeconds", &seconds, "a whole number of seconds") && (seconds < 1 || seconds > maxSeconds) {
		f.fault("TimeoutSeconds", "must be between 1 and %d seconds", maxSeconds)
	}
	return time.Duration(seconds) * time.Second
}

func (f *fields) machineLanguage() {
	if language := f.text("QueryLanguage"); language != "JSONata" {
		f.fault("QueryLanguage", "must be \"JSONata\"; JSONPath (the default of Step Functions) is not supported")
	}
	if version := f.text("Version"); version != "" && version != "1.0" {
		f.fault("Version", "must be \"1.0\"")
	}
}

// states reads StartAt and States of a machine, a branch or an item processor.
// outer are the variables of the scopes around it.
func (p *parser) states(f *fields, outer map[string]bool) *states {
	set := &states{start: f.required("StartAt"), named: map[string]state{}}
	var raws map[string]json.RawMessage
	if !f.read("States", &raws, "an object of states") || len(raws) == 0 {
		f.fault("States", "must have at least one state")
		return set
	}
	own := p.assigned(raws, outer)
	for _, name := range slices.Sorted(maps.Keys(raws)) {
		set.named[name] = p.state(name, raws[name], own)
	}
	p.checkTargets(f, set)
	return set
}

func (p *parser) checkTargets(f *fields, set *states) {
	if _, ok := set.named[set.start]; !ok && set.start != "" {
		f.fault("StartAt", "names %q, which is not one of the states", set.start)
	}
	for _, name := range slices.Sorted(maps.Keys(set.named)) {
		state := set.named[name]
		if state == nil {
			continue
		}
		for _, to := range state.shared().targets {
			if _, ok := set.named[to.state]; !ok {
				p.faults = append(p.faults, Fault{name, to.field, fmt.Sprintf("names %q, which is not a state here: correct the name or add the state", to.state)})
			}
		}
	}
}

var variableName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_]*$`)

// assigned collects the variables that a set of states assigns and refuses
// names that are not allowed: an inner scope may read outer variables, not assign them.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
func (p *parser) assigned(raws map[string]json.RawMessage, outer map[string]bool) map[string]bool {
	all := maps.Clone(outer)
	for _, state := range slices.Sorted(maps.Keys(raws)) {
		for _, name := range assignedNames(raws[state]) {
			all[name] = true
			if fault := nameFault(name, outer[name]); fault != "" {
				p.faults = append(p.faults, Fault{state, "Assign." + name, fault})
			}
		}
	}
	return all
}

func nameFault(name string, outer bool) string {
	switch {
	case outer:
		return "is a variable of an outer scope, which can be read here but not assigned: take another name and hand the value out with Output"
	case name == "states":
		return "is reserved by Step Functions: take another name"
	case !variableName.MatchString(name):
		return "is not a name that JSONata can refer to: use letters, digits and _ only"
	case len([]rune(name)) > MaxNameLength:
		return fmt.Sprintf("is longer than %d characters", MaxNameLength)
	}
	return ""
}

// assignedNames are the variables that a state assigns itself, in its choices
// or in its catchers.
func assignedNames(raw json.RawMessage) []string {
	type assigning struct{ Assign map[string]json.RawMessage }
	var state struct {
		assigning
		Choices, Catch []assigning
	}
	_ = json.Unmarshal(raw, &state) // what is wrong with it is said elsewhere
	names := slices.Collect(maps.Keys(state.Assign))
	for _, list := range [][]assigning{state.Choices, state.Catch} {
		for _, entry := range list {
			names = append(names, slices.Collect(maps.Keys(entry.Assign))...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
