package asl

import (
	"encoding/json"
	"fmt"
)

// catcher is one entry of Catch.
type catcher struct {
	errors []string
	next   string
	assign *template
	output *template
	field  string
}

func (f *fields) readCatch(c *common) []catcher {
	var raws []json.RawMessage
	f.read("Catch", &raws, "an array of catchers")
	var catchers []catcher
	for i, raw := range raws {
		field := fmt.Sprintf("Catch[%d]", i)
		entry := f.parser.object(raw, f.state, field+".")
		read := catcher{
			errors: entry.readErrorEquals(i == len(raws)-1), next: entry.required("Next"),
			assign: entry.assignTemplate(), output: entry.template("Output"), field: field,
		}
		entry.text("Comment")
		entry.finish()
		c.targets = append(c.targets, target{field + ".Next", read.next})
		catchers = append(catchers, read)
	}
	return catchers
}

// errorOutput is what a catcher sees, and hands on unless it has an Output.
func errorOutput(err *Error) json.RawMessage {
	return json.RawMessage(`{"Error":` + string(quote(err.Name)) + `,"Cause":` + string(quote(err.Cause)) + `}`)
}
