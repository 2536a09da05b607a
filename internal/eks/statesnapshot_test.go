package eks

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sluice-flink/sluice/internal/flink"
)

// The status is as operator 1.10 defines it (FlinkStateSnapshotStatus).
func TestWhatTheOperatorSaysOfASnapshotIsTranslated(t *testing.T) {
	for sentence, c := range map[string]struct {
		status map[string]any
		want   flink.SnapshotState
	}{
		"not looked at yet": {nil, flink.SnapshotState{Phase: flink.SnapshotPending}},
		"to be triggered":   {map[string]any{"state": "TRIGGER_PENDING"}, flink.SnapshotState{Phase: flink.SnapshotPending}},
		"under way":         {map[string]any{"state": "IN_PROGRESS", "triggerId": "ab"}, flink.SnapshotState{Phase: flink.SnapshotPending}},
		"completed":         {map[string]any{"state": "COMPLETED", "path": "s3://state/savepoint-1"}, flink.SnapshotState{Phase: flink.SnapshotCompleted, Path: "s3://state/savepoint-1"}},
		"failed":            {map[string]any{"state": "FAILED", "error": `{"type":"a.ReconciliationException","message":"disk full"}`}, flink.SnapshotState{Phase: flink.SnapshotFailed, Cause: "ReconciliationException: disk full"}},
		"given up":          {map[string]any{"state": "ABANDONED"}, flink.SnapshotState{Phase: flink.SnapshotFailed, Cause: "the operator abandoned it: the job does not run"}},
	} {
		o := newStateSnapshot(saving("insurance"))
		if c.status != nil {
			o.Object["status"] = c.status
		}
		if got := stateOf(o); got != c.want {
			t.Errorf("%s: %+v, want %+v", sentence, got, c.want)
		}
	}
}

func TestASnapshotsResourceIsNamedByItsRequestAndKeepsItsFiles(t *testing.T) {
	again, other := newStateSnapshot(saving("insurance")), newStateSnapshot(saving("another"))
	if o := newStateSnapshot(saving("insurance")); o.GetName() != again.GetName() || o.GetName() == other.GetName() {
		t.Errorf("named %s, %s and %s", o.GetName(), again.GetName(), other.GetName())
	}
	if keep := mapping(mapping(again.Object, "spec"), "savepoint")["disposeOnDelete"]; keep != false || len(again.GetOwnerReferences()) > 0 {
		t.Errorf("the files would go with the resource: %v, %v", keep, again.GetOwnerReferences())
	}
}

func TestTheSavepointOfAStopIsFoundAmongItsResources(t *testing.T) {
	made := func(app, trigger, path string, at int64) unstructured.Unstructured {
		o := unstructured.Unstructured{Object: map[string]any{
			"metadata": map[string]any{"creationTimestamp": time.Unix(at, 0).UTC().Format(time.RFC3339), "labels": map[string]any{triggerTypeLabel: trigger}},
			"spec":     map[string]any{"jobReference": map[string]any{"name": app}, "savepoint": map[string]any{"path": path, "alreadyExists": true}},
		}}
		return o
	}
	got := upgradeSavepoint([]unstructured.Unstructured{
		made("fraud", "UPGRADE", "s3://state/savepoint-1", 1), made("fraud", "UPGRADE", "s3://state/savepoint-2", 2),
		made("other", "UPGRADE", "s3://state/savepoint-3", 3), made("fraud", "MANUAL", "s3://state/savepoint-4", 4),
	}, "fraud")
	if got.Path != "s3://state/savepoint-2" || got.Taken.Unix() != 2 {
		t.Errorf("%+v", got)
	}
}

// From 1.9 on the operator writes upgradeSavepointPath, and not only savepoints into it.
func TestAnUpgradeSavepointPathThatIsNoSavepointIsNotBelieved(t *testing.T) {
	for path, want := range map[string]string{
		"s3://state/savepoint-ab-1":      "s3://state/savepoint-ab-1",
		"s3://state/job/chk-87":          "s3://state/older",
		"s3://state/job/chk-87/":         "s3://state/older",
		"KUBERNETES_OPERATOR_LAST_STATE": "s3://state/older",
		"":                               "s3://state/older",
	} {
		job := map[string]any{"upgradeSavepointPath": path, "savepointInfo": map[string]any{
			"lastSavepoint": map[string]any{"location": "s3://state/older", "triggerType": "MANUAL", "timeStamp": int64(1)}}}
		if s, _ := lastSavepoint(job, time.Unix(9, 0)); s.Path != want {
			t.Errorf("%q: %q, want %q", path, s.Path, want)
		}
	}
}
