package targettest

import (
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// The operator's trap that no adapter may fall into: initialSavepointPath is
// read at the first deployment only.
func TestAStatelessUpgradeInPlaceLosesTheStateAndSaysStable(t *testing.T) {
	clock := NewClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	m := NewModel(clock.Now, Options{})
	app := flink.Application{Namespace: "team-a", Name: "fraud"}
	first := flink.Revision{ID: "first", Jar: flink.PinnedJar{SHA256: strings.Repeat("1", 64)}}
	if err := m.Apply(t.Context(), flink.Desired{Application: app, Revision: first, Run: flink.Running, Restore: flink.Restore{Kind: flink.RestoreNothing}}); err != nil {
		t.Fatal(err)
	}
	clock.Advance(time.Minute)
	m.mu.Lock()
	m.play()
	a := m.applications[app]
	saved := m.save(a, "s3://state")
	m.write(a, spec{revision: "next", run: flink.Running, upgrade: "stateless", initial: saved.path})
	m.mu.Unlock()
	clock.Advance(time.Minute)

	starts := m.Starts()
	last := starts[len(starts)-1]
	if last.Revision != "next" || last.Counter != 0 || last.Committed == 0 {
		t.Errorf("started %+v, want the state lost", last)
	}
	if o, err := m.Observe(t.Context(), app); err != nil || o.Status.Lifecycle != "STABLE" {
		t.Errorf("the operator says %+v, %v", o.Status, err)
	}
}
