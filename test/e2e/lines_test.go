//go:build e2e

package e2e

import (
	"testing"

	"github.com/sluice-flink/sluice/test/onlaptop"
)

// TestOnRealParts has several applications on one installation, side by side:
// most of what they do is waiting.
func TestOnRealParts(t *testing.T) {
	i := onlaptop.Start(t)
	lines := []struct {
		name, app string
		steps     func(*installation, *testing.T)
	}{
		{"releases", onlaptop.Counter.Name, (*installation).releases},
		{"changes", "changed", (*installation).changes},
		{"an alarm", "alarmed", (*installation).repairs},
		{"savepoints", "rotated", (*installation).rotates},
		{"standalone mode", "standalone", (*installation).standalone},
	}
	for _, line := range lines {
		t.Run(line.name, func(t *testing.T) {
			t.Parallel()
			line.steps(of(i, line.app), t)
		})
	}
}

// step is a part of a line, and needs those before it.
type step struct {
	name string
	run  func(*testing.T)
}

func inTurn(t *testing.T, steps []step) {
	t.Helper()
	for _, s := range steps {
		if !t.Run(s.name, s.run) {
			t.Fatal("the later steps need this one")
		}
	}
}
