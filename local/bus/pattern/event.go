package pattern

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// leaf is one value of an event and the elements of lists it lies in: fields of
// two different elements of one list never match together.
type leaf struct {
	value any            // string, json.Number, bool or nil
	in    map[string]int // path of a list to the index of the element
}

// leaves are an event's values by path.
type leaves map[string][]leaf

// Matches reports whether an event, a JSON object, matches the pattern.
func (p *Pattern) Matches(event []byte) (bool, error) {
	d := json.NewDecoder(bytes.NewReader(event))
	d.UseNumber()
	var object map[string]any
	if err := d.Decode(&object); err != nil {
		return false, fmt.Errorf("the event is no JSON object: %w", err)
	}
	flat := leaves{}
	flat.add("", object, nil)
	for _, c := range p.alternatives {
		if c.holds(flat, nil) {
			return true, nil
		}
	}
	return false, nil
}

func (l leaves) add(path string, value any, in map[string]int) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			l.add(join(path, name), member, in)
		}
	case []any:
		for i, item := range value {
			l.add(path, item, within(in, path, i))
		}
	default:
		l[path] = append(l[path], leaf{value: value, in: in})
	}
}

// within extends in by one list. A list inside a list of the same path gets a name of its own.
func within(in map[string]int, path string, index int) map[string]int {
	out := map[string]int{}
	for known, i := range in {
		out[known] = i
	}
	name := path
	for depth := 0; ; depth++ {
		if _, taken := in[name]; !taken {
			break
		}
		name = path + "[" + strconv.Itoa(depth) + "]"
	}
	out[name] = index
	return out
}

// holds finds a value for every field such that all lie in the same elements of
// shared lists; chosen is what earlier fields lie in.
func (c conjunction) holds(event leaves, chosen map[string]int) bool {
	if len(c) == 0 {
		return true
	}
	first, rest := c[0], c[1:]
	values := event[first.path]
	if len(values) == 0 {
		return first.matchesAbsent() && rest.holds(event, chosen)
	}
	for _, value := range values {
		if merged, ok := merge(chosen, value.in); ok && first.matches(value.value) && rest.holds(event, merged) {
			return true
		}
	}
	return false
}

// merge joins two choices of list elements unless they contradict.
func merge(a, b map[string]int) (map[string]int, bool) {
	out := map[string]int{}
	for path, i := range a {
		out[path] = i
	}
	for path, i := range b {
		if j, chosen := out[path]; chosen && j != i {
			return nil, false
		}
		out[path] = i
	}
	return out, true
}

func (f field) matches(value any) bool {
	for _, t := range f.tests {
		if t.value != nil && t.value(value) {
			return true
		}
	}
	return false
}

func (f field) matchesAbsent() bool {
	for _, t := range f.tests {
		if t.absent {
			return true
		}
	}
	return false
}
