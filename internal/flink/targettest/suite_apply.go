package targettest

import (
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

func absent(t *testing.T, f Fixture) {
	o := f.observe(t)
	if o.Exists || o.Spec.UID != "" || o.Job.Reachable {
		t.Errorf("observed %+v of an application that was never created", o)
	}
	if o.Traits.Delivery == "" {
		t.Error("the runtime's traits are not known before the first deployment, when they are needed to plan it")
	}
}

func firstDeployment(t *testing.T, f Fixture) {
	o := f.run(t)
	if o.Spec.Release != release || o.Spec.Step != "create" || o.Spec.Revision != f.First.ID {
		t.Errorf("written by %q step %q revision %q", o.Spec.Release, o.Spec.Step, o.Spec.Revision)
	}
	if o.Spec.JarURI != f.First.Jar.URI() {
		t.Errorf("the jar in effect is %q, want %q", o.Spec.JarURI, f.First.Jar.URI())
	}
	if o.Spec.Run != flink.Running || o.Job.Checkpoints.RestoredFrom != "" {
		t.Errorf("run state %q, restored from %q", o.Spec.Run, o.Job.Checkpoints.RestoredFrom)
	}
}

func sameStepAgain(t *testing.T, f Fixture) {
	before := f.run(t)
	f.apply(t, f.desired(f.First, "create", flink.Restore{Kind: flink.RestoreNothing}))
	after := f.observe(t)
	if after.Spec.Generation != before.Spec.Generation || after.Spec.UID != before.Spec.UID {
		t.Errorf("generation %d of %s became %d of %s", before.Spec.Generation, before.Spec.UID, after.Spec.Generation, after.Spec.UID)
	}
}

func suspended(t *testing.T, f Fixture) {
	f.run(t)
	path := f.stop(t)
	d := f.desired(f.First, "stop", flink.Restore{})
	d.Run = flink.Suspended
	f.apply(t, d)
	o := f.observe(t)
	if o.Spec.Run != flink.Suspended || !flink.SamePath(o.Status.Savepoint.Path, path) {
		t.Errorf("suspending again: run state %q, savepoint %q, want %q", o.Spec.Run, o.Status.Savepoint.Path, path)
	}
	if o.Status.Savepoint.Taken.IsZero() {
		t.Error("the savepoint has no time")
	}
}

func heldRestored(t *testing.T, f Fixture) {
	f.run(t)
	path := f.stop(t)
	f.apply(t, f.desired(f.Next, "upgrade", flink.Restore{Kind: flink.RestoreHeld, Path: path}))
	o := f.Wait(t, "the next version runs", func(o flink.Observation) bool { return running(o, "upgrade") })
	wantRestored(t, o, path)
	if o.Spec.JarURI != f.Next.Jar.URI() {
		t.Errorf("the jar in effect is %q, want %q", o.Spec.JarURI, f.Next.Jar.URI())
	}
}

// snapshotRestored: the next version runs and checkpoints, so that the runtime
// holds a newer state than the one that is asked for.
func snapshotRestored(t *testing.T, f Fixture) {
	f.run(t)
	path := f.stop(t)
	f.apply(t, f.desired(f.Next, "upgrade", flink.Restore{Kind: flink.RestoreHeld, Path: path}))
	f.Wait(t, "the next version has checkpoints", func(o flink.Observation) bool {
		return running(o, "upgrade") && o.Job.Checkpoints.Completed > 0
	})
	back := f.desired(f.First, "rollback", flink.Restore{Kind: flink.RestoreSnapshot, Path: path})
	f.apply(t, back)
	o := f.Wait(t, "the first version is back", func(o flink.Observation) bool { return running(o, "rollback") })
	wantRestored(t, o, path)
	f.apply(t, back)
	if again := f.observe(t); again.Spec.UID != o.Spec.UID || again.Spec.Generation != o.Spec.Generation {
		t.Error("restoring a snapshot again under the same step replaced the application")
	}
}

func snapshotRestoredFromNothing(t *testing.T, f Fixture) {
	f.run(t)
	path := f.stop(t)
	if err := f.Target.Remove(t.Context(), f.Application, 10); err != nil {
		t.Fatalf("remove: %v", err)
	}
	f.apply(t, f.desired(f.Next, "rebuild", flink.Restore{Kind: flink.RestoreSnapshot, Path: path}))
	o := f.Wait(t, "the next version runs", func(o flink.Observation) bool { return running(o, "rebuild") })
	wantRestored(t, o, path)
}

func heldOfNothing(t *testing.T, f Fixture) {
	err := f.Target.Apply(t.Context(), f.desired(f.First, "resume", flink.Restore{Kind: flink.RestoreHeld}))
	wantCode(t, "restoring what nobody holds", err, flink.NotFound)
	if f.observe(t).Exists {
		t.Error("an application was created that starts without its state")
	}
}

func wantRestored(t *testing.T, o flink.Observation, path string) {
	t.Helper()
	if !flink.SamePath(o.Job.Checkpoints.RestoredFrom, path) {
		t.Errorf("restored from %q, want %q", o.Job.Checkpoints.RestoredFrom, path)
	}
}
