//go:build e2e

package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

// dies stops the execution of a release right after it has applied another
// version: recovery brings the old one back.
func (i *installation) dies(t *testing.T) {
	before := i.look(t)
	i.Upload(t, i.app.String()+"/counter-v1-again.jar", i.Jar(t, "counter-v1.jar"))
	dead := i.applied(t)
	_, err := i.Plane.Executions().Stop(dead.Holder, "e2e", "a test stops it")
	must(t, err)
	i.age(t, dead)
	recovers := strings.TrimSuffix(i.Where.Machine, "-"+string(functions.Release)) + "-" + string(functions.Recover)
	_, err = i.Plane.Executions().Start(recovers, "", []byte(`{}`)) // as its schedule does
	must(t, err)

	undone := i.recordThat(t, i.app, func(r ledger.Record) bool { return r.Change != nil && r.Change.By == task.RecoveredBy })
	want(t, undone, flink.Succeeded, flink.Released, "")
	died, err := i.Ledger.Record(t.Context(), i.app, dead.Release)
	must(t, err)
	want(t, died, flink.FailedDirty, flink.Died, undone.ID)
	if after := i.look(t); after.Revision != before.Revision || after.Current != before.Current || undone.Restored == "" {
		t.Errorf("%+v became %+v, restored from %q", before, after, undone.Restored)
	}
}

// applied waits until the release in flight has written its version, and tells who holds the lease.
func (i *installation) applied(t *testing.T) ledger.Lease {
	t.Helper()
	for end := time.Now().Add(recordWithin); time.Now().Before(end); pause(t.Context()) {
		d, _, err := i.Ledger.Document(t.Context(), i.app)
		must(t, err)
		if d.Lease == nil || d.Applied == "" {
			continue
		}
		o, err := i.Target.Observe(t.Context(), i.app)
		must(t, err)
		if o.Spec.Release == d.Lease.Release && o.Spec.Step == "apply" {
			return *d.Lease
		}
	}
	t.Fatal("nothing was applied")
	return ledger.Lease{}
}

// age makes the lease one that was last renewed so long ago that no function of
// its holder can act any more, instead of waiting for that.
func (i *installation) age(t *testing.T, of ledger.Lease) {
	t.Helper()
	_, err := ledger.Update(t.Context(), i.Ledger, i.app, func(d *ledger.Document) error {
		if d.Lease == nil || d.Lease.Release != of.Release {
			t.Fatalf("the lease is %+v", d.Lease)
		}
		d.Lease.Expires = d.Lease.Expires.Add(-functions.LastWord)
		return nil
	})
	must(t, err)
}
