package testevents

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/events"
)

// matches says whether EventBridge would send the event to the rule's target.
// It knows equality and suffix, which are all that Sluice's patterns use, and
// fails the test for anything else.
func matches(t *testing.T, pattern events.Pattern, event events.Event) bool {
	t.Helper()
	return matchesObject(t, asJSON(t, pattern), asJSON(t, event))
}

func asJSON(t *testing.T, v any) map[string]any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func matchesObject(t *testing.T, pattern, event map[string]any) bool {
	t.Helper()
	for name, want := range pattern {
		switch want := want.(type) {
		case map[string]any:
			inner, ok := event[name].(map[string]any)
			if !ok || !matchesObject(t, want, inner) {
				return false
			}
		case []any:
			if !matchesAny(t, want, event[name]) {
				return false
			}
		default:
			t.Fatalf("EventBridge takes no %T in a pattern", want)
		}
	}
	return true
}

func matchesAny(t *testing.T, choices []any, value any) bool {
	t.Helper()
	for _, choice := range choices {
		switch choice := choice.(type) {
		case string:
			if value == choice {
				return true
			}
		case map[string]any:
			suffix, ok := choice["suffix"].(string)
			if !ok || len(choice) != 1 {
				t.Fatalf("this matcher does not know %v", choice)
			}
			if s, isString := value.(string); isString && strings.HasSuffix(s, suffix) {
				return true
			}
		default:
			t.Fatalf("this matcher does not know %v", choice)
		}
	}
	return false
}
