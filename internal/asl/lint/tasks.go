package lint

import (
	"encoding/json"
	"slices"
	"strings"
)

func (c *checker) task(s *state) {
	if len(s.Retry) == 0 {
		c.add(RuleRetry, s.name, "Retry", "is missing: say which errors pass by themselves, at least Lambda's own")
	}
	if len(s.Catch) == 0 {
		c.add(RuleCatch, s.name, "Catch", "is missing: say where the execution goes when the task has failed for good")
	}
	if s.TimeoutSeconds == nil {
		c.add(RuleTimeout, s.name, "TimeoutSeconds", "is missing: without it a task that hangs holds the execution for up to a year")
	}
	if len(c.known.Resources) > 0 && s.Resource != "" && !slices.Contains(c.known.Resources, s.Resource) {
		c.add(RuleResource, s.name, "Resource", "%q is not known here: use one of %s", s.Resource, strings.Join(c.known.Resources, ", "))
	}
	c.function(s)
}

// function holds the function that a lambda:invoke names against those that exist.
func (c *checker) function(s *state) {
	if !strings.Contains(s.Resource, ":lambda:invoke") {
		return
	}
	var arguments struct{ FunctionName string }
	_ = json.Unmarshal(s.fields["Arguments"], &arguments)
	found := placeholder.FindStringSubmatch(arguments.FunctionName)
	switch {
	case len(found) == 0:
		c.add(RuleFunction, s.name, "Arguments.FunctionName", "must be the placeholder of a function, ${…}, not %q", arguments.FunctionName)
	case !slices.Contains(c.known.Functions, found[1]):
		c.add(RuleFunction, s.name, "Arguments.FunctionName", "${%s} is no function: add the function or correct the name", found[1])
	}
}

// errorNames holds ErrorEquals against the errors that exist; names that start
// with "States." are asl.Parse's matter.
func (c *checker) errorNames(s *state) {
	for _, list := range []struct {
		field   string
		entries []transition
	}{{"Retry", s.Retry}, {"Catch", s.Catch}} {
		for _, entry := range list.entries {
			for _, name := range entry.ErrorEquals {
				if !strings.HasPrefix(name, "States.") && !slices.Contains(c.known.Errors, name) {
					c.add(RuleError, s.name, list.field, "%q is an error that nothing reports: correct the name or remove it", name)
				}
			}
		}
	}
}
