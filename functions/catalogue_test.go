package functions

import (
	"slices"
	"testing"
)

// TestTheLastWordComesAfterEveryTimeout: who takes over from an execution that
// has ended waits so long for its last function.
func TestTheLastWordComesAfterEveryTimeout(t *testing.T) {
	asks := []string{"prepare"} // what would be accepted, and changes nothing
	for _, f := range Of(Release) {
		if slices.Contains(f.Grants, UseCluster) && !slices.Contains(asks, f.Name) && f.Timeout+RequestTimeout >= LastWord {
			t.Errorf("%s may act for %s, and is taken for silent after %s", f.Name, f.Timeout, LastWord)
		}
	}
}
