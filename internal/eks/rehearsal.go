package eks

import (
	"context"
	"encoding/json"
	"slices"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/sluice-flink/sluice/internal/flink"
)

var _ flink.Rehearser = (*Target)(nil)

var (
	jobs            = schema.GroupVersionResource{Group: "batch", Version: "v1", Resource: "jobs"}
	kubeDeployments = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
	networkPolicies = schema.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "networkpolicies"}
)

// StartRehearsal implements flink.Rehearser by a Job. Kubernetes itself ends and
// removes it when nobody does, and with the application it goes, too.
func (t *Target) StartRehearsal(ctx context.Context, r flink.Rehearsal) error {
	op := "rehearse a restore of " + r.Application.String()
	if there, err := t.rehearsal(ctx, r); err != nil || there != nil {
		return rehearsalError(op, err)
	}
	if err := t.networkIsClosed(ctx, op, r.Application.Namespace); err != nil {
		return err
	}
	s, err := t.stage(ctx, op, r)
	if err != nil {
		return err
	}
	job, err := rehearsalJob(r, s)
	if err != nil {
		return err
	}
	_, err = t.kube.Resource(jobs).Namespace(r.Application.Namespace).
		Create(ctx, &unstructured.Unstructured{Object: job}, metav1.CreateOptions{FieldManager: FieldManager})
	if kerrors.IsAlreadyExists(err) {
		return nil
	}
	return rehearsalError(op, err)
}

// networkIsClosed makes sure of the policy that keeps rehearsals from the world.
// Whether the cluster enforces policies cannot be seen from here.
func (t *Target) networkIsClosed(ctx context.Context, op, namespace string) error {
	_, err := t.kube.Resource(networkPolicies).Namespace(namespace).Get(ctx, rehearsalPolicy, metav1.GetOptions{})
	if kerrors.IsNotFound(err) {
		return flink.Errorf(flink.Refused, op, "the namespace has no NetworkPolicy %s, so the job's main method could reach everything: kubectl apply -n %s -f infra/kubernetes/rehearsal.yaml", rehearsalPolicy, namespace)
	}
	return rehearsalError(op, err)
}

// stage reads the application as it runs; NotFound when it does not run the revision.
func (t *Target) stage(ctx context.Context, op string, r flink.Rehearsal) (stage, error) {
	app := r.Application
	seen, err := t.get(ctx, app)
	if err != nil {
		return stage{}, rehearsalError(op, err)
	}
	if seen == nil || !seen.runs(r.Revision.ID) {
		return stage{}, flink.Errorf(flink.NotFound, op, "it does not run revision %s: a restore is rehearsed with the pod that the operator made for what runs", r.Revision.ID)
	}
	made, err := t.kube.Resource(kubeDeployments).Namespace(app.Namespace).Get(ctx, app.Name, metav1.GetOptions{})
	if kerrors.IsNotFound(err) {
		return stage{}, flink.Errorf(flink.NotFound, op, "there is no Deployment of its JobManager now")
	}
	if err != nil {
		return stage{}, rehearsalError(op, err)
	}
	pod, err := copied(mapping(mapping(mapping(made.Object, "spec"), "template"), "spec"))
	if err != nil {
		return stage{}, &flink.Error{Code: flink.Internal, Op: op, Err: err}
	}
	return stage{
		spec: mapping(seen.Object, "spec"), pod: pod,
		owner: metav1.OwnerReference{APIVersion: seen.GetAPIVersion(), Kind: seen.GetKind(), Name: seen.GetName(), UID: seen.GetUID()},
	}, nil
}

// runs tells whether the operator has brought the application to a revision.
func (r resource) runs(revision string) bool {
	spec, status := r.specFacts(), r.statusFacts()
	return spec.Revision == revision && spec.Run == flink.Running && !spec.Deleting &&
		status.Reconciliation == "DEPLOYED" && status.ObservedGeneration >= spec.Generation
}

func copied(object map[string]any) (map[string]any, error) {
	body, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	var c map[string]any
	return c, json.Unmarshal(body, &c)
}

// rehearsal reads the Job; nil when there is none.
func (t *Target) rehearsal(ctx context.Context, r flink.Rehearsal) (*unstructured.Unstructured, error) {
	o, err := t.kube.Resource(jobs).Namespace(r.Application.Namespace).Get(ctx, rehearsalName(r), metav1.GetOptions{})
	if kerrors.IsNotFound(err) {
		return nil, nil
	}
	return o, err
}

// EndRehearsal implements flink.Rehearser. The Job goes after its pods.
func (t *Target) EndRehearsal(ctx context.Context, r flink.Rehearsal) error {
	op := "end the rehearsal of a restore of " + r.Application.String()
	foreground := metav1.DeletePropagationForeground
	err := t.kube.Resource(jobs).Namespace(r.Application.Namespace).
		Delete(ctx, rehearsalName(r), metav1.DeleteOptions{PropagationPolicy: &foreground})
	if kerrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return rehearsalError(op, err)
	}
	return t.wait(ctx, op, func() (string, error) {
		o, err := t.rehearsal(ctx, r)
		if err != nil || o == nil {
			return "", rehearsalError(op, err)
		}
		return "Kubernetes has not removed the Job " + o.GetName() + " yet", nil
	})
}

// Rehearsals implements flink.Rehearser.
func (t *Target) Rehearsals(ctx context.Context, namespace string) ([]flink.LeftRehearsal, error) {
	list, err := t.kube.Resource(jobs).Namespace(namespace).List(ctx, metav1.ListOptions{LabelSelector: rehearsalOf})
	if err != nil {
		return nil, rehearsalError("list the rehearsals in "+namespace, err)
	}
	var left []flink.LeftRehearsal
	for _, o := range list.Items {
		left = append(left, flink.LeftRehearsal{
			Application: flink.Application{Namespace: namespace, Name: o.GetLabels()[rehearsalOf]},
			ID:          o.GetAnnotations()[rehearsalAnnotation], Since: o.GetCreationTimestamp().UTC(),
		})
	}
	slices.SortStableFunc(left, func(a, b flink.LeftRehearsal) int { return a.Since.Compare(b.Since) })
	return left, nil
}

// rehearsalError says which of the two Roles lacks a right.
func rehearsalError(op string, err error) error {
	if kerrors.IsForbidden(err) {
		return flink.Errorf(flink.Refused, op, "the Role sluice-rehearser of the namespace does not let Sluice do this: apply infra/kubernetes/rehearsal.yaml to it: %w", err)
	}
	return kubeError(op, err)
}
