package eks

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/sluice-flink/sluice/internal/flink"
)

// From 1.10 on the operator has a resource for a savepoint, FlinkStateSnapshot.
// Where its definition is installed a savepoint is asked for by creating one,
// so that the operator and everybody who looks knows of it. Its name follows
// from the request: the same request again finds the same savepoint.
// Source: "Snapshots" of the operator's documentation, and its CRD.
var stateSnapshots = schema.GroupVersionResource{Group: "flink.apache.org", Version: "v1beta1", Resource: "flinkstatesnapshots"}

const (
	snapshotLabel      = "sluice/snapshot-of"    // its value is the application's name
	snapshotAnnotation = "sluice/snapshot"       // the request's id
	triggerTypeLabel   = "snapshot.trigger-type" // the operator's: MANUAL PERIODIC UPGRADE UNKNOWN
	attention          = 30 * time.Second        // within which an operator that knows the kind has looked at a new one
)

func (t *Target) snapshots(app flink.Application) dynamic.ResourceInterface {
	return t.kube.Resource(stateSnapshots).Namespace(app.Namespace)
}

func snapshotName(r flink.SnapshotRequest) string {
	return r.Application.Name + "-" + triggerID(r)
}

// newStateSnapshot is what is created. It does not belong to the FlinkDeployment:
// that one is deleted to restore a chosen state, and the savepoint outlives it.
// Nor are the files removed with it: whoever tidies up resources by hand must not
// take away the state that a rollback needs.
func newStateSnapshot(r flink.SnapshotRequest) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "flink.apache.org/v1beta1",
		"kind":       "FlinkStateSnapshot",
		"metadata": map[string]any{
			"name": snapshotName(r), "namespace": r.Application.Namespace,
			"labels":      map[string]any{managedByLabel: FieldManager, snapshotLabel: r.Application.Name},
			"annotations": map[string]any{fenceAnnotation: strconv.FormatInt(r.Fence, 10), snapshotAnnotation: r.ID},
		},
		"spec": map[string]any{
			"backoffLimit": int64(0), // who asked decides whether to ask again
			"jobReference": map[string]any{"kind": "FlinkDeployment", "name": r.Application.Name},
			"savepoint":    map[string]any{"path": r.Directory, "formatType": "CANONICAL", "disposeOnDelete": false, "alreadyExists": false},
		},
	}}
}

// errNotByResource: the savepoint has to be asked of Flink itself.
var errNotByResource = errors.New("not by FlinkStateSnapshot")

// startByResource creates the FlinkStateSnapshot, once. It is not for a job that
// the operator does not take for the application's, since a FlinkStateSnapshot
// names no job; nor where the Role has no right to it, or nobody looks after it.
func (t *Target) startByResource(ctx context.Context, op string, r flink.SnapshotRequest) error {
	if !t.capabilities(ctx).snapshots {
		return errNotByResource
	}
	deployment, err := t.get(ctx, r.Application)
	if err != nil {
		return kubeError(op, err)
	}
	if deployment == nil || text(mapping(mapping(deployment.Object, "status"), "jobStatus"), "jobId") != r.JobID {
		return errNotByResource
	}
	_, err = t.snapshots(r.Application).Create(ctx, newStateSnapshot(r), metav1.CreateOptions{FieldManager: FieldManager})
	switch {
	case kerrors.IsForbidden(err) && !fencePassed(err.Error()):
		return errNotByResource
	case kerrors.IsAlreadyExists(err):
		return t.withdrawUnattended(ctx, op, r)
	}
	return kubeError(op, err)
}

// withdrawUnattended takes back one that no operator has looked at, so that none
// does later.
func (t *Target) withdrawUnattended(ctx context.Context, op string, r flink.SnapshotRequest) error {
	seen, err := t.stateSnapshot(ctx, r)
	if err != nil || seen == nil || !t.unattended(seen) {
		return kubeError(op, err)
	}
	if err := t.deleteStateSnapshot(ctx, r.Application, seen); err != nil {
		return kubeError(op, err)
	}
	return errNotByResource
}

// stateSnapshot reads it; nil when there is none, or it may not be read.
func (t *Target) stateSnapshot(ctx context.Context, r flink.SnapshotRequest) (*unstructured.Unstructured, error) {
	o, err := t.snapshots(r.Application).Get(ctx, snapshotName(r), metav1.GetOptions{})
	if kerrors.IsNotFound(err) || kerrors.IsForbidden(err) {
		return nil, nil
	}
	return o, err
}

// unattended: the operator has switched the kind off, or is older than its definitions.
func (t *Target) unattended(o *unstructured.Unstructured) bool {
	return text(mapping(o.Object, "status"), "state") == "" && t.now().Sub(o.GetCreationTimestamp().Time) > attention
}

// byResource looks at the savepoint; errNotByResource when it was not asked for
// by a FlinkStateSnapshot.
func (t *Target) byResource(ctx context.Context, op string, r flink.SnapshotRequest) (flink.SnapshotState, error) {
	if !t.capabilities(ctx).snapshots {
		return flink.SnapshotState{}, errNotByResource
	}
	seen, err := t.stateSnapshot(ctx, r)
	if err != nil {
		return flink.SnapshotState{}, kubeError(op, err)
	}
	if seen == nil {
		return flink.SnapshotState{}, errNotByResource
	}
	if t.unattended(seen) {
		return flink.SnapshotState{Phase: flink.SnapshotUnknown}, nil
	}
	return stateOf(seen), nil
}

// stateOf translates what the operator says.
func stateOf(o *unstructured.Unstructured) flink.SnapshotState {
	status := mapping(o.Object, "status")
	switch text(status, "state") {
	case "COMPLETED":
		return flink.SnapshotState{Phase: flink.SnapshotCompleted, Path: text(status, "path")}
	case "FAILED":
		return flink.SnapshotState{Phase: flink.SnapshotFailed, Cause: operatorError(text(status, "error"))}
	case "ABANDONED":
		return flink.SnapshotState{Phase: flink.SnapshotFailed, Cause: "the operator abandoned it: the job does not run"}
	}
	return flink.SnapshotState{Phase: flink.SnapshotPending} // TRIGGER_PENDING, IN_PROGRESS, or not looked at yet
}

// removeStateSnapshots deletes the resources whose files were just removed.
func (t *Target) removeStateSnapshots(ctx context.Context, op string, app flink.Application, path string) error {
	if !t.capabilities(ctx).snapshots {
		return nil
	}
	list, err := t.snapshots(app).List(ctx, metav1.ListOptions{LabelSelector: snapshotLabel + "=" + app.Name})
	if kerrors.IsForbidden(err) {
		return nil // then none was made either
	}
	if err != nil {
		return kubeError(op, err)
	}
	for _, o := range list.Items {
		if !flink.SamePath(text(mapping(o.Object, "status"), "path"), path) || o.GetDeletionTimestamp() != nil {
			continue
		}
		if err := t.deleteStateSnapshot(ctx, app, &o); err != nil {
			return kubeError(op, err)
		}
	}
	return nil
}

// deleteStateSnapshot deletes exactly the object that was seen, in the version that was seen.
func (t *Target) deleteStateSnapshot(ctx context.Context, app flink.Application, o *unstructured.Unstructured) error {
	uid, version := o.GetUID(), o.GetResourceVersion()
	err := t.snapshots(app).Delete(ctx, o.GetName(), metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid, ResourceVersion: &version}})
	if kerrors.IsNotFound(err) {
		return nil
	}
	return err
}

// upgradeSavepoint is the newest savepoint that the operator took to stop the
// application, by the resource that it makes of each: the status of the
// FlinkDeployment may have forgotten it (see lastSavepoint).
func upgradeSavepoint(list []unstructured.Unstructured, app string) flink.Snapshot {
	var newest flink.Snapshot
	for _, o := range list {
		spec := mapping(o.Object, "spec")
		reference, savepoint := mapping(spec, "jobReference"), mapping(spec, "savepoint")
		taken, path := o.GetCreationTimestamp().UTC(), text(savepoint, "path")
		if text(reference, "name") == app && strings.EqualFold(o.GetLabels()[triggerTypeLabel], upgradeTrigger) && path != "" && taken.After(newest.Taken) {
			newest = flink.Snapshot{Path: path, Taken: taken}
		}
	}
	return newest
}

// stoppedWith completes the status of a suspended application where savepoints
// are resources.
func (t *Target) stoppedWith(ctx context.Context, app flink.Application, o flink.Observation) flink.StatusFacts {
	s := o.Status
	if o.Spec.Run != flink.Suspended || s.SavepointTrigger == upgradeTrigger || !t.capabilities(ctx).snapshots {
		return s
	}
	list, err := t.snapshots(app).List(ctx, metav1.ListOptions{LabelSelector: triggerTypeLabel + "=" + upgradeTrigger})
	if err != nil {
		return s
	}
	if found := upgradeSavepoint(list.Items, app.Name); found.Path != "" {
		s.Savepoint, s.SavepointTrigger = found, upgradeTrigger
	}
	return s
}
