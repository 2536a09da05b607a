package manifest

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/redact"
)

// told is a fault's message without secrets: nothing is quoted of a field that
// may hold one, and of a value that was filled in its placeholder is shown.
func (r *report) told(path, message string) string {
	if mayBeSecret(path) {
		message = quoted.ReplaceAllString(message, `"`+redact.Mark+`"`)
	}
	for _, name := range slices.SortedFunc(maps.Keys(r.fill), r.longestFirst) {
		if value := r.fill[name]; len(value) >= shortestValue {
			message = strings.ReplaceAll(message, value, "${"+name+"}")
		}
	}
	return redact.Text(message)
}

// shortestValue is the length in bytes from which on a placeholder's value is
// looked for: a shorter one stands in words that say something else.
const shortestValue = 6

func (r *report) longestFirst(a, b string) int {
	return cmp.Or(cmp.Compare(len(r.fill[b]), len(r.fill[a])), cmp.Compare(a, b))
}

// quoted is what brief makes.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// freeText are fields that may hold anything: environment variables and arguments.
var freeText = regexp.MustCompile(`\.(?:env\[\d+\]\.value|(?:args|command)(?:\[\d+\])?)$`)

func mayBeSecret(path string) bool { return redact.SensitiveKey(path) || freeText.MatchString(path) }
