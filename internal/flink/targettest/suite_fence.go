package targettest

import (
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

func lowerFence(t *testing.T, f Fixture) {
	before := f.run(t)
	late := f.desired(f.Next, "late", flink.Restore{Kind: flink.RestoreHeld})
	late.Fence = 9
	wantCode(t, "an apply with a lower fence", f.Target.Apply(t.Context(), late), flink.LeaseLost)
	again := f.desired(f.First, "create", flink.Restore{Kind: flink.RestoreNothing})
	again.Fence = 9
	wantCode(t, "an apply of what is there with a lower fence", f.Target.Apply(t.Context(), again), flink.LeaseLost)
	save := flink.SnapshotRequest{Application: f.Application, JobID: before.Job.ID, ID: "late", Directory: f.Savepoints, Fence: 9}
	wantCode(t, "a snapshot with a lower fence", f.Target.StartSnapshot(t.Context(), save), flink.LeaseLost)
	wantCode(t, "a removal with a lower fence", f.Target.Remove(t.Context(), f.Application, 9), flink.LeaseLost)
	if after := f.observe(t); !after.Exists || after.Spec.Generation != before.Spec.Generation {
		t.Errorf("the refused writes had an effect: %+v, before %+v", after.Spec, before.Spec)
	}
}

func fenceOutlives(t *testing.T, f Fixture) {
	f.apply(t, f.desired(f.First, "create", flink.Restore{Kind: flink.RestoreNothing}))
	if err := f.Target.Remove(t.Context(), f.Application, 11); err != nil {
		t.Fatalf("remove: %v", err)
	}
	err := f.Target.Apply(t.Context(), f.desired(f.First, "again", flink.Restore{Kind: flink.RestoreNothing}))
	wantCode(t, "creating with the fence of before the removal", err, flink.LeaseLost)
	if f.observe(t).Exists {
		t.Error("the refused apply created the application")
	}
}

func removedTwice(t *testing.T, f Fixture) {
	f.apply(t, f.desired(f.First, "create", flink.Restore{Kind: flink.RestoreNothing}))
	for _, which := range []string{"first", "second"} {
		if err := f.Target.Remove(t.Context(), f.Application, 10); err != nil {
			t.Fatalf("%s removal: %v", which, err)
		}
		if f.observe(t).Exists {
			t.Fatalf("the application is there after its %s removal", which)
		}
	}
}
