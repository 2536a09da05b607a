package asl

import (
	"encoding/json"
	"fmt"
)

// choiceState leads on by the first rule whose Condition is true.
type choiceState struct {
	common
	rules     []choiceRule
	otherwise string // Default; empty: none
}

// choiceRule has Output and Assign of its own, which take the place of the state's.
type choiceRule struct {
	condition      *template
	field          string
	assign, output *template
	next           string
}

func parseChoice(f *fields, c common, _ map[string]bool) state {
	var raws []json.RawMessage
	f.read("Choices", &raws, "an array of rules")
	if len(raws) == 0 {
		f.fault("Choices", "must have at least one rule")
	}
	s := &choiceState{}
	for i, raw := range raws {
		rule := f.parser.choiceRule(raw, f.state, fmt.Sprintf("Choices[%d]", i))
		c.targets = append(c.targets, target{rule.field + ".Next", rule.next})
		s.rules = append(s.rules, rule)
	}
	s.otherwise = f.text("Default")
	if _, given := f.raw["Default"]; given {
		c.targets = append(c.targets, target{"Default", s.otherwise})
	}
	f.readAssign(&c)
	f.readOutput(&c)
	s.common = c
	return s
}

func (p *parser) choiceRule(raw json.RawMessage, state, field string) choiceRule {
	f := p.object(raw, state, field+".")
	rule := choiceRule{condition: f.template("Condition"), field: field, next: f.required("Next")}
	switch {
	case rule.condition == nil && f.raw["Condition"] == nil:
		f.fault("Condition", "is missing: it must be a JSONata expression that is true or false")
	case rule.condition != nil && rule.condition.kind != expression && !isBoolean(rule.condition):
		f.fault("Condition", "must be true, false or a JSONata expression: \"{%% … %%}\"")
	}
	rule.assign, rule.output = f.assignTemplate(), f.template("Output")
	f.text("Comment")
	f.finish()
	return rule
}

func isBoolean(t *template) bool { return t.kind == literal && typeOf(t.literal) == "boolean" }

func (s *choiceState) run(v *visit) (exit, *Error) {
	for _, rule := range s.rules {
		holds, err := rule.holds(v)
		if err != nil {
			return exit{}, err
		}
		if holds {
			return v.settle(ending{output: rule.output, assign: rule.assign, prefix: rule.field + "/", otherwise: v.input, next: rule.next})
		}
	}
	if s.otherwise == "" {
		return exit{}, v.failure(ErrorNoChoiceMatched, "No rule of the Choice state matched and it has no Default.")
	}
	return v.settle(ending{output: s.output, assign: s.assign, otherwise: v.input, next: s.otherwise})
}

func (r choiceRule) holds(v *visit) (bool, *Error) {
	field := r.field + "/Condition"
	raw, err := v.one(r.condition, field, nil)
	if err != nil {
		return false, err
	}
	if typeOf(raw) != "boolean" {
		return false, v.unexpected(r.condition, field, "boolean", raw)
	}
	return string(raw) == "true", nil
}
