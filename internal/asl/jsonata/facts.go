package jsonata

// Facts is what can be said of an expression without evaluating it.
type Facts struct {
	Variables []Reference // variables it takes from outside, in order, repeats included
	Calls     []Reference // functions it calls that it does not define itself
	Names     []Reference // field names with nothing to be looked up in: they are undefined in Step Functions
}

// Reference is one place in an expression that names something.
type Reference struct {
	Name     string   // without the dollar sign
	Fields   []string // the names that follow a variable: $states.input.id has input, id
	Position int      // characters from the start of the expression
	First    string   // for calls: the variable that the first argument starts with, if any
}

// Guarded reports whether the expression asks $exists of the variable, which is
// the way to use one that may not have been assigned.
func (f Facts) Guarded(variable string) bool {
	for _, call := range f.Calls {
		if call.Name == "exists" && call.First == variable {
			return true
		}
	}
	return false
}

// Functions are the names that Step Functions knows: those of JSONata 2.0.6
// without eval, and its own additions.
// Sources: https://docs.jsonata.org/2.0.0/overview and
// https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
func Functions() []string {
	return []string{
		"abs", "append", "assert", "average", "base64decode", "base64encode", "boolean", "ceil", "clone", "contains", "count",
		"decodeUrl", "decodeUrlComponent", "distinct", "each", "encodeUrl", "encodeUrlComponent", "error", "exists", "filter",
		"floor", "formatBase", "formatInteger", "formatNumber", "fromMillis", "join", "keys", "length", "lookup", "lowercase",
		"map", "match", "max", "merge", "millis", "min", "not", "now", "number", "pad", "parseInteger", "power", "random",
		"reduce", "replace", "reverse", "round", "shuffle", "sift", "single", "sort", "split", "spread", "sqrt", "string",
		"substring", "substringAfter", "substringBefore", "sum", "toMillis", "trim", "type", "uppercase", "zip",
		"hash", "parse", "partition", "range", "uuid",
	}
}
