package pattern

import (
	"errors"
	"fmt"
	"strings"
)

// maxRepeated is how many wildcards may be followed by the same character. The
// service refuses patterns that are "too complex", names as remedy "fewer
// wildcard characters or fewer repeating character sequences after a wildcard
// character", and gives *:*:*:*:*:event-bus/* as an example; its measure is not
// published. This one refuses the example.
const maxRepeated = 4

func wildcardTest(operand any) (test, error) {
	text, ok := operand.(string)
	if !ok {
		return test{}, fmt.Errorf("a text is wanted, not %s", show(operand))
	}
	parts, err := wildcardParts(text)
	if err != nil {
		return test{}, err
	}
	return onText(func(text string) bool { return matchParts(parts, text) }), nil
}

// wildcardParts splits at every *; \* and \\ stand for the characters themselves.
func wildcardParts(text string) ([]string, error) {
	parts := []string{""}
	repeated := map[rune]int{}
	escaped, afterStar := false, false
	for _, c := range text {
		switch {
		case !escaped && c == '\\':
			escaped = true
			continue
		case escaped && c != '*' && c != '\\':
			return nil, fmt.Errorf("%q: a backslash may stand before * and \\ only", text)
		case !escaped && c == '*':
			if afterStar {
				return nil, fmt.Errorf("%q has two wildcards in a row", text)
			}
			parts, afterStar = append(parts, ""), true
			continue
		}
		if afterStar {
			if repeated[c]++; repeated[c] > maxRepeated {
				return nil, fmt.Errorf("%q is too complex: use fewer wildcards followed by the same character", text)
			}
		}
		parts[len(parts)-1] += string(c)
		escaped, afterStar = false, false
	}
	if escaped {
		return nil, errors.New("the text ends in a backslash")
	}
	return parts, nil
}

// matchParts reports whether text is the parts in order with anything between them.
func matchParts(parts []string, text string) bool {
	first, last := parts[0], parts[len(parts)-1]
	if len(parts) == 1 {
		return text == first
	}
	rest, ok := strings.CutPrefix(text, first)
	if !ok || !strings.HasSuffix(rest, last) {
		return false
	}
	rest = strings.TrimSuffix(rest, last)
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return true
}
