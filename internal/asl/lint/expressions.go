package lint

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/asl/jsonata"
)

// evaluated are the fields in which "{% %}" is evaluated.
var evaluated = []string{
	"Arguments", "Assign", "Catch", "Cause", "Choices", "Error", "HeartbeatSeconds", "ItemReader", "ItemSelector", "Items", "MaxConcurrency",
	"Output", "Seconds", "Timestamp", "TimeoutSeconds", "ToleratedFailureCount", "ToleratedFailurePercentage",
}

var functions = func() set {
	known := set{}
	for _, name := range jsonata.Functions() {
		known[name] = true
	}
	return known
}()

// expressions reads every expression of a state. before are the variables that
// have a value whenever the state is entered.
func (c *checker) expressions(s *state, before set) {
	for _, field := range slices.Sorted(maps.Keys(s.fields)) {
		if !slices.Contains(evaluated, field) {
			continue
		}
		visitStrings(s.fields[field], field, func(at, text string) {
			if strings.HasPrefix(text, "{%") && strings.HasSuffix(text, "%}") && len(text) >= 4 {
				c.expression(s, at, text[2:len(text)-2], before)
			}
		})
	}
	for _, name := range slices.Sorted(maps.Keys(assignedBy(s))) {
		if functions[name] {
			c.add(RuleVariable, s.name, "Assign."+name, "hides the function $%s: take another name", name)
		}
	}
}

func assignedBy(s *state) set {
	all := names(s.Assign)
	for _, way := range s.edges() {
		maps.Copy(all, names(way.assigns))
	}
	return all
}

// expression reads one expression. Placeholders are read as the number 0, which
// fits where a number and where a part of a string stands.
func (c *checker) expression(s *state, at, text string, before set) {
	facts, err := c.engine.Inspect(placeholder.ReplaceAllString(text, "0"))
	if err != nil {
		c.syntax(s, at, err)
		return
	}
	for _, call := range facts.Calls {
		if !functions[call.Name] {
			c.add(RuleJSONata, s.name, at, "$%s is not a function that Step Functions has%s", call.Name, instead(call.Name))
		}
	}
	for _, name := range facts.Names {
		c.add(RuleJSONata, s.name, at, "%s has nothing to be looked up in and is always undefined: write $states.input.%s", name.Name, name.Name)
	}
	for _, variable := range facts.Variables {
		c.variable(s, at, variable, facts, before)
	}
}

func instead(function string) string {
	if function == "eval" {
		return ": read JSON with $parse"
	}
	return ": correct its name"
}

func (c *checker) syntax(s *state, at string, err error) {
	var bad *jsonata.Error
	if errors.As(err, &bad) {
		c.add(RuleSyntax, s.name, at, "cannot be read at character %d: %s", bad.Position, bad)
		return
	}
	c.add(RuleSyntax, s.name, at, "cannot be read: %s", err)
}

func (c *checker) variable(s *state, at string, used jsonata.Reference, facts jsonata.Facts, before set) {
	switch {
	case used.Name == "states":
		c.reserved(s, at, used)
	case before == nil: // the state is never reached, which is a finding of its own
	case functions[used.Name] && !before[used.Name]: // a function passed as a value
	case !before[used.Name] && !facts.Guarded(used.Name):
		c.add(RuleVariable, s.name, at, "$%s is not assigned on every path to this state: assign it before, or ask $exists($%s)", used.Name, used.Name)
	}
}

// reserved holds a use of $states against what it has in that field.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
func (c *checker) reserved(s *state, at string, used jsonata.Reference) {
	if len(used.Fields) == 0 {
		return
	}
	inCatch := strings.HasPrefix(at, "Catch[")
	after := strings.HasPrefix(at, "Output") || strings.HasPrefix(at, "Assign")
	works := s.Type == "Task" || s.Type == "Parallel" || s.Type == "Map"
	switch field := used.Fields[0]; {
	case field == "input" || field == "context":
	case field == "result":
		if !after || !works {
			c.add(RuleStates, s.name, at, "$states.result exists only in Output and Assign of Task, Parallel and Map")
		}
	case field == "errorOutput":
		if !inCatch {
			c.add(RuleStates, s.name, at, "$states.errorOutput exists only in a catcher: assign it to a variable there")
		}
	default:
		c.add(RuleStates, s.name, at, "$states.%s does not exist: there are input, result, errorOutput and context", field)
	}
}
