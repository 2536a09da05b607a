package targettest

import (
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

func snapshotTwice(t *testing.T, f Fixture) {
	r := f.request(t, "insurance")
	f.ask(t, r)
	f.ask(t, r)
	first := f.completed(t, r)
	f.ask(t, r)
	if second := f.completed(t, r); second != first {
		t.Errorf("asked again, the snapshot is at %q and was at %q", second, first)
	}
	other := r
	other.ID = "another"
	f.ask(t, other)
	if path := f.completed(t, other); path == first {
		t.Errorf("another request was answered with the snapshot of the first, %q", path)
	}
}

func snapshotUnknown(t *testing.T, f Fixture) {
	r := f.request(t, "never asked for")
	s, err := f.Target.Snapshot(t.Context(), r)
	if err != nil || s.Phase != flink.SnapshotUnknown {
		t.Errorf("phase %q, error %v, want %q", s.Phase, err, flink.SnapshotUnknown)
	}
}

func snapshotRemoved(t *testing.T, f Fixture) {
	r := f.request(t, "short-lived")
	f.ask(t, r)
	path := f.completed(t, r)
	for _, which := range []string{"first", "second"} {
		if err := f.Target.RemoveSnapshot(t.Context(), f.Application, path); err != nil {
			t.Errorf("%s removal of %s: %v", which, path, err)
		}
	}
}

func (f Fixture) request(t *testing.T, id string) flink.SnapshotRequest {
	t.Helper()
	o := f.run(t)
	return flink.SnapshotRequest{Application: f.Application, JobID: o.Job.ID, ID: id, Directory: f.Savepoints, Fence: 10}
}

func (f Fixture) ask(t *testing.T, r flink.SnapshotRequest) {
	t.Helper()
	if err := f.Target.StartSnapshot(t.Context(), r); err != nil {
		t.Fatalf("start snapshot %q: %v", r.ID, err)
	}
}

func (f Fixture) completed(t *testing.T, r flink.SnapshotRequest) string {
	t.Helper()
	var state flink.SnapshotState
	f.Wait(t, "the snapshot is completed", func(flink.Observation) bool {
		s, err := f.Target.Snapshot(t.Context(), r)
		if err != nil {
			t.Fatalf("look at snapshot %q: %v", r.ID, err)
		}
		state = s
		return s.Phase != flink.SnapshotPending
	})
	if state.Phase != flink.SnapshotCompleted || state.Path == "" {
		t.Fatalf("snapshot %q: %+v", r.ID, state)
	}
	return state.Path
}
