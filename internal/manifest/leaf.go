package manifest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// leaf is the type of a field that is no mapping.
type leaf interface {
	// read gives what sets the field; nil when the value is faulty, which is reported.
	read(r *report, n *node, path string) func(*settings)
	// value is what the field holds, as a document would write it; nil for a
	// field that holds nothing.
	value(s settings) any
	// schema is its JSON schema, without description and default.
	schema() map[string]any
}

// leafOf is a leaf that is kept as a T.
type leafOf[T any] struct {
	at    func(*settings) *T
	parse func(r *report, n *node, path string) (T, bool)
	write func(T) any
	shape map[string]any
}

func (l leafOf[T]) read(r *report, n *node, path string) func(*settings) {
	v, ok := l.parse(r, n, path)
	if !ok {
		return nil
	}
	return func(s *settings) { *l.at(s) = v }
}

func (l leafOf[T]) value(s settings) any { return l.write(*l.at(&s)) }

func (l leafOf[T]) schema() map[string]any { return maps.Clone(l.shape) }

// single reads one value, whose fault is one sentence.
func single[T any](read func(n *node) (T, error)) func(*report, *node, string) (T, bool) {
	return func(r *report, n *node, path string) (T, bool) {
		var v T
		if n.kind != scalar {
			r.fault(n, path, "it has to be a single value, and it is %s", n.what())
			return v, false
		}
		v, err := read(n)
		if err != nil {
			r.fault(n, path, "%v", err)
		}
		return v, err == nil
	}
}

// listOf reads at most so many items, none of them twice.
func listOf[T any](most int, item func(*report, *node, string) (T, bool)) func(*report, *node, string) ([]T, bool) {
	return func(r *report, n *node, path string) ([]T, bool) {
		if n.kind != sequence {
			r.fault(n, path, "it has to be a list, and it is %s", n.what())
			return nil, false
		}
		if len(n.items) > most {
			r.fault(n, path, "it has %d items, and at most %d are read", len(n.items), most)
			return nil, false
		}
		var all []T
		good := true
		seen := map[string]bool{}
		for i, it := range n.items {
			at := fmt.Sprintf("%s[%d]", path, i)
			v, ok := item(r, it, at)
			good = good && ok
			if key := fmt.Sprint(v); ok && seen[key] {
				r.fault(it, at, "it is there twice; keep one")
				good = false
			} else {
				seen[key] = true
			}
			all = append(all, v)
		}
		return all, good
	}
}

// mappingOf reads an item that is a mapping; what its fields are worth is reported by fill.
func mappingOf(r *report, n *node, path string, known, required []string) bool {
	if n.kind != mapping {
		r.fault(n, path, "it has to be a mapping with %s, and it is %s", strings.Join(required, ", "), n.what())
		return false
	}
	good := true
	for _, f := range n.fields {
		if !slices.Contains(known, f.name) {
			r.faultAt(f.line, f.column, join(path, f.name), "there is no such field here%s", suggestion(f.name, known))
			good = false
		}
	}
	for _, name := range required {
		if n.find(name) == nil {
			r.fault(n, join(path, name), "it is missing")
			good = false
		}
	}
	return good
}

// refusal is a switch that this version does not have; it may be off.
type refusal struct{ why string }

func (l refusal) read(r *report, n *node, path string) func(*settings) {
	if v, ok := n.value.(bool); n.kind != scalar || !ok {
		r.fault(n, path, "it has to be true or false, and it is %s", n.what())
	} else if v {
		r.fault(n, path, "%s", l.why)
	}
	return nil
}

func (refusal) value(settings) any { return nil }

func (refusal) schema() map[string]any { return map[string]any{"const": false} }
