package manifest

import "slices"

// kind is what a node is.
type kind int

const (
	scalar kind = iota
	mapping
	sequence
)

// node is a value of the document after aliases, merge keys and placeholders
// have been resolved. A nil node is a value that is not there; its methods say so.
type node struct {
	line, column int
	kind         kind
	value        any      // of a scalar: string, bool, int64, float64 or nil
	literal      string   // of a scalar: as written, placeholders filled in
	fields       []*field // of a mapping
	items        []*node  // of a sequence
}

// field is a name and its value in a mapping.
type field struct {
	name         string
	line, column int
	value        *node
}

// find gives the field of a mapping, or nil.
func (n *node) find(name string) *field {
	if n == nil {
		return nil
	}
	for _, f := range n.fields {
		if f.name == name {
			return f
		}
	}
	return nil
}

// get gives the value below a path of names, or nil.
func (n *node) get(path ...string) *node {
	for _, name := range path {
		f := n.find(name)
		if f == nil {
			return nil
		}
		n = f.value
	}
	return n
}

// text is the string that a scalar is, else empty.
func (n *node) text() string {
	if n == nil {
		return ""
	}
	s, _ := n.value.(string)
	return s
}

// isTrue says whether a scalar is true, as a boolean or, as in Flink's
// configuration, as a word.
func (n *node) isTrue() bool {
	return n != nil && n.kind == scalar && (n.literal == "true" || n.value == true)
}

// isFalse says whether a scalar is false or empty.
func (n *node) isFalse() bool {
	return n != nil && n.kind == scalar && (n.value == false || n.value == nil)
}

// isUnset says whether a field is not there, or says nothing.
func (n *node) isUnset() bool { return n == nil || n.kind == scalar && n.value == nil }

// orParent is where to point when n is not there.
func orParent(n, parent *node) *node {
	if n == nil {
		return parent
	}
	return n
}

// clone is a deep copy.
func (n *node) clone() *node {
	c := *n
	c.fields = make([]*field, len(n.fields))
	for i, f := range n.fields {
		g := *f
		g.value = f.value.clone()
		c.fields[i] = &g
	}
	c.items = make([]*node, len(n.items))
	for i, item := range n.items {
		c.items[i] = item.clone()
	}
	return &c
}

// remove takes a field out of a mapping.
func (n *node) remove(name string) {
	n.fields = slices.DeleteFunc(n.fields, func(f *field) bool { return f.name == name })
}

// set gives a field of a mapping a text.
func (n *node) set(name, text string) {
	n.remove(name)
	n.fields = append(n.fields, &field{name: name, line: n.line, column: n.column,
		value: &node{line: n.line, column: n.column, value: text, literal: text}})
}

// plain is the node in the types of JSON.
func (n *node) plain() any {
	switch n.kind {
	case mapping:
		m := make(map[string]any, len(n.fields))
		for _, f := range n.fields {
			m[f.name] = f.value.plain()
		}
		return m
	case sequence:
		s := make([]any, len(n.items))
		for i, item := range n.items {
			s[i] = item.plain()
		}
		return s
	default:
		return n.value
	}
}

// what names the kind of value for a sentence.
func (n *node) what() string {
	switch {
	case n.kind == mapping:
		return "a mapping"
	case n.kind == sequence:
		return "a list"
	}
	switch n.value.(type) {
	case nil:
		return "empty"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	default:
		return "a number"
	}
}
