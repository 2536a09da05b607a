package task

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// raced has somebody else write the document just before it is first written.
type raced struct {
	*ledger.Memory
	first func()
}

func (r *raced) PutIf(ctx context.Context, key string, body []byte, v ledger.Version) error {
	if first := r.first; first != nil && strings.HasPrefix(key, ledger.DocumentPrefix) {
		r.first = nil
		first()
	}
	return r.Memory.PutIf(ctx, key, body, v)
}

func TestAManifestThatWasToGoWithAJarWaitsItselfWhenTheJarGoesInThatMoment(t *testing.T) {
	objects := &raced{Memory: ledger.NewMemory()}
	tasks := Tasks{Deps{Ledger: ledger.New(objects), Clock: noon{}, Sender: &post{}}}
	jar := ledger.Change{ID: "r1", Change: flink.Change{Kind: flink.Upgrade}, Kind: flink.Jar, Key: "team-a/counter/v1.jar"}
	if err := tasks.Ledger.Write(t.Context(), ledger.Document{Schema: ledger.Schema, Application: counter, Parked: &ledger.Parked{Change: jar, Holder: "x"}}, ""); err != nil {
		t.Fatal(err)
	}
	objects.first = func() {
		if _, err := ledger.Update(t.Context(), tasks.Ledger, counter, func(d *ledger.Document) error { d.Parked = nil; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	r := Release{ID: "r2", Execution: "y", Application: counter, Decision: ToAwaitWindow, Change: flink.Change{Kind: flink.Upgrade},
		Artifact: ArtifactRef{Kind: flink.Manifest, Event: "e2"}, Wait: waitFor(ledger.ForWindow, sweptAt, sweptAt.Add(time.Hour))}
	if err := tasks.park(t.Context(), &r, nil); err != nil {
		t.Fatal(err)
	}
	d, _, err := tasks.Ledger.Document(t.Context(), counter)
	if err != nil || !d.IsParked("r2") || d.Parked.Why != ledger.ForWindow || r.Decision != ToAwaitWindow || r.Outcome != "" || r.Wait == nil {
		t.Errorf("it is %s %s, and there waits %+v (%v)", r.Decision, r.Outcome, d.Parked, err)
	}
}
