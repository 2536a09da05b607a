package main

import (
	"regexp"
	"slices"
	"strings"
)

// transition leads from a state to another; labels say when.
type transition struct {
	from, to string
	labels   []string
}

// transitions lists where a state leads when nothing fails. Two ways to the
// same state become one with both labels.
func (s state) transitions() []transition {
	var all []transition
	add := func(to, label string) {
		at := slices.IndexFunc(all, func(t transition) bool { return t.to == to })
		if at < 0 {
			at, all = len(all), append(all, transition{from: s.Name, to: to})
		}
		if label != "" {
			all[at].labels = append(all[at].labels, label)
		}
	}
	if s.Next != "" {
		add(s.Next, "")
	}
	for _, c := range s.Choices {
		add(c.Next, label(c.Condition))
	}
	if s.Default != "" {
		add(s.Default, "otherwise")
	}
	return all
}

// ends tells whether an execution may end in the state.
func (s state) ends() bool { return s.End || s.Type == "Succeed" || s.Type == "Fail" }

// comparison is the one form of condition that the machines use: a field of the
// document equals a word.
var comparison = regexp.MustCompile(`^\{%\s*\$states\.input\.\w+\s*=\s*'([^']*)'\s*%\}$`)

// label is the word that a condition asks for, or the whole condition where it
// is of another form, without what has a meaning in Mermaid.
func label(condition string) string {
	if m := comparison.FindStringSubmatch(condition); m != nil {
		return m[1]
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(condition, "{%"), "%}")
	return strings.TrimSpace(strings.NewReplacer(":", " ", ";", " ", `"`, "'", "\n", " ").Replace(inner))
}
