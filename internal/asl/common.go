package asl

import (
	"encoding/json"
	"fmt"
	"strings"
)

// maxSeconds is the longest that a state may wait or be retried after, about three years.
// Source: https://states-language.net/spec.html (99999999)
const maxSeconds = 99999999

// common is what all states have.
type common struct {
	name    string
	kind    string
	next    string // empty for terminal states and Choice
	assign  *template
	output  *template
	targets []target
}

func (c *common) shared() *common { return c }

// target is a state that another one can lead to, and the field that says so.
type target struct{ field, state string }

// parsers by the state's type; one file each.
var stateParsers map[string]func(f *fields, c common, outer map[string]bool) state

func init() { // breaks the cycle: parsers of Parallel and Map read states
	stateParsers = map[string]func(f *fields, c common, outer map[string]bool) state{
		"Pass": parsePass, "Task": parseTask, "Choice": parseChoice, "Wait": parseWait,
		"Succeed": parseSucceed, "Fail": parseFail, "Parallel": parseParallel, "Map": parseMap,
	}
}

func (p *parser) state(name string, raw json.RawMessage, outer map[string]bool) state {
	f := p.object(raw, name, "")
	c := common{name: name, kind: f.required("Type")}
	f.text("Comment")
	if length := len([]rune(name)); length > MaxNameLength {
		f.fault("", "has a name of %d characters, at most %d are allowed", length, MaxNameLength)
	}
	if language := f.text("QueryLanguage"); language != "" && language != "JSONata" {
		f.fault("QueryLanguage", "must be \"JSONata\"; JSONPath is not supported")
	}
	parse, known := stateParsers[c.kind]
	if !known {
		if c.kind != "" {
			f.fault("Type", "%q is not a state type: use Pass, Task, Choice, Wait, Succeed, Fail, Parallel or Map", c.kind)
		}
		return nil
	}
	parsed := parse(f, c, outer)
	f.finish()
	return parsed
}

// readTransition reads Next and End, of which exactly one must be there.
func (f *fields) readTransition(c *common) {
	var end bool
	f.read("End", &end, "true or false")
	_, given := f.raw["Next"]
	c.next = f.text("Next")
	switch {
	case given && end:
		f.fault("", "has both Next and End: remove one")
	case !given && !end:
		f.fault("", "must have Next or \"End\": true")
	case given:
		c.targets = append(c.targets, target{f.prefix + "Next", c.next})
	}
}

func (f *fields) readAssign(c *common) {
	c.assign = f.assignTemplate()
}

func (f *fields) assignTemplate() *template {
	assign := f.template("Assign")
	if assign != nil && assign.kind != object {
		f.fault("Assign", "must be an object of variable names and values")
		return nil
	}
	return assign
}

func (f *fields) readOutput(c *common) { c.output = f.template("Output") }

// number reads a field that is a number or an expression.
func (f *fields) number(name string, least, most float64, whole bool) *template {
	value := f.template(name)
	if value == nil || value.kind == expression {
		return value
	}
	if problem := numberFault(value.literal, least, most, whole); problem != "" {
		f.fault(name, "%s", problem)
	}
	return value
}

func numberFault(raw json.RawMessage, least, most float64, whole bool) string {
	var number float64
	err := json.Unmarshal(raw, &number)
	wanted := "a number"
	if whole {
		wanted = "a whole number"
	}
	if err != nil || string(raw) == "null" || (whole && number != float64(int64(number))) {
		return fmt.Sprintf("must be %s, not %s", wanted, short(raw))
	}
	if number < least || number > most {
		return fmt.Sprintf("must be between %.0f and %.0f, not %s", least, most, raw)
	}
	return ""
}

// short keeps a value in a message readable.
func short(raw json.RawMessage) string {
	const most = 100
	text := strings.ToValidUTF8(string(raw), "")
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
