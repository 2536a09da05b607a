package eks

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Server-side apply asks nobody's leave for a field that only Sluice owns, and
// takes off what Sluice owns and no longer names. An adopted resource was
// written by people's tools: as long as they own its fields, a release would
// conflict with them, or leave behind what it no longer wants. So adoption makes
// over their fields to Sluice, which kubectl does in the same way when somebody
// goes over from client-side to server-side apply (client-go, util/csaupgrade).

// peoplesTools are the field managers that stand for a person at a keyboard or
// in a pipeline: kubectl in all its forms (kubectl-edit, kubectl-client-side-apply),
// helm, and what was written before managers were recorded.
var peoplesTools = []string{"kubectl", "helm", "before-first-apply"}

func byPeople(manager string) bool {
	return slices.Contains(peoplesTools, manager) || strings.HasPrefix(manager, "kubectl-")
}

// settled tells whether what an adoption wrote is Sluice's own for server-side
// apply. It is not between the two writes of an adoption: the first makes
// "sluice" an updater of the annotations, the second makes it their applier.
func (r resource) settled() bool {
	return !slices.ContainsFunc(r.GetManagedFields(), func(e metav1.ManagedFieldsEntry) bool {
		return e.Manager == FieldManager && e.Operation == metav1.ManagedFieldsOperationUpdate && e.Subresource == ""
	})
}

// settle makes the fields over, on the version that was seen. It changes nothing
// but the record of who owns what.
func (t *Target) settle(ctx context.Context, op string, app flink.Application, seen *resource, fence int64) error {
	fields, err := madeOver(seen.GetManagedFields(), seen.mayBeTakenOverFrom())
	if err != nil {
		return flink.Errorf(flink.Refused, op, "who owns its fields cannot be read: %w", err)
	}
	// replace, not test: a lost race is then a conflict and not an invalid request.
	body, err := json.Marshal([]map[string]any{
		{"op": "replace", "path": "/metadata/managedFields", "value": fields},
		{"op": "replace", "path": "/metadata/resourceVersion", "value": seen.GetResourceVersion()},
	})
	if err != nil {
		return &flink.Error{Code: flink.Internal, Op: op, Err: err}
	}
	after, err := t.kube.Resource(deployments).Namespace(app.Namespace).
		Patch(ctx, app.Name, types.JSONPatchType, body, metav1.PatchOptions{FieldManager: FieldManager})
	if err != nil {
		return kubeError(op, err)
	}
	if err := sameGeneration(op, seen, &resource{after}); err != nil {
		return err
	}
	return t.holdsFence(ctx, app, fence) // without an identity of Sluice's own, the cluster does not judge this write
}

// madeOver is the record of ownership after Sluice has taken what it may: all
// that people's tools own, and of the managers that are named the spec. Status
// and other subresources stay with who writes them.
func madeOver(entries []metav1.ManagedFieldsEntry, alsoFrom []string) ([]metav1.ManagedFieldsEntry, error) {
	ours := metav1.ManagedFieldsEntry{Manager: FieldManager, Operation: metav1.ManagedFieldsOperationApply, FieldsType: "FieldsV1"}
	taken, kept := fieldpath.NewSet(), []metav1.ManagedFieldsEntry{}
	for _, e := range entries {
		whole := byPeople(e.Manager) || e.Manager == FieldManager
		if e.Subresource != "" || !whole && !slices.Contains(alsoFrom, e.Manager) {
			kept = append(kept, e)
			continue
		}
		take, leave, err := split(e, whole)
		if err != nil {
			return nil, err
		}
		taken, ours.APIVersion, ours.Time = taken.Union(take), e.APIVersion, e.Time
		if !leave.Empty() {
			if e.FieldsV1, err = fieldsOf(leave); err != nil {
				return nil, err
			}
			kept = append(kept, e)
		}
	}
	var err error
	if ours.FieldsV1, err = fieldsOf(taken); err != nil {
		return nil, err
	}
	return append(kept, ours), nil
}

// split divides what an entry owns into what Sluice takes and what stays.
func split(e metav1.ManagedFieldsEntry, whole bool) (take, leave *fieldpath.Set, err error) {
	all, take, leave := fieldpath.NewSet(), fieldpath.NewSet(), fieldpath.NewSet()
	if e.FieldsV1 == nil {
		return take, leave, nil
	}
	if err := all.FromJSON(e.FieldsV1.GetRawReader()); err != nil {
		return nil, nil, err
	}
	all.Iterate(func(p fieldpath.Path) {
		if whole || len(p) > 0 && p[0].FieldName != nil && *p[0].FieldName == "spec" {
			take.Insert(p.Copy())
		} else {
			leave.Insert(p.Copy())
		}
	})
	return take, leave, nil
}

func fieldsOf(s *fieldpath.Set) (*metav1.FieldsV1, error) {
	raw, err := s.ToJSON()
	if err != nil {
		return nil, err
	}
	return metav1.NewFieldsV1(string(bytes.TrimSpace(raw))), nil
}
