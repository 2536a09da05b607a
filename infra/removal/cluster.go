package removal

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/sluice-flink/sluice/internal/eks"
)

// The kinds that are deleted while their controllers run.
var (
	deployments = schema.GroupVersionResource{Group: "flink.apache.org", Version: "v1beta1", Resource: "flinkdeployments"}
	sessionJobs = schema.GroupVersionResource{Group: "flink.apache.org", Version: "v1beta1", Resource: "flinksessionjobs"}
	ingresses   = schema.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "ingresses"}
	services    = schema.GroupVersionResource{Version: "v1", Resource: "services"}
	claims      = schema.GroupVersionResource{Version: "v1", Resource: "persistentvolumeclaims"}
	pools       = schema.GroupVersionResource{Group: "karpenter.sh", Version: "v1", Resource: "nodepools"}
	nodeClaims  = schema.GroupVersionResource{Group: "karpenter.sh", Version: "v1", Resource: "nodeclaims"}
	nodeClasses = schema.GroupVersionResource{Group: "karpenter.k8s.aws", Version: "v1", Resource: "ec2nodeclasses"}
)

// list reads the objects of a kind; a kind or namespace that is gone has none.
func (r *Removal) list(ctx context.Context, kind schema.GroupVersionResource, namespace string) ([]unstructured.Unstructured, error) {
	list, err := r.Cluster.Kube.Resource(kind).Namespace(namespace).List(ctx, v1.ListOptions{})
	if apierrors.IsNotFound(err) || meta.IsNoMatchError(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the %s: %w", kind.Resource, err)
	}
	return list.Items, nil
}

// target is where objects of a kind go.
type target struct {
	kind       schema.GroupVersionResource
	namespaces []string // "" for all, or for kinds without one
	only       func(unstructured.Unstructured) bool
}

func (t target) wanted(o unstructured.Unstructured) bool { return t.only == nil || t.only(o) }

// there are the objects of a target that are there.
func (r *Removal) there(ctx context.Context, t target) ([]unstructured.Unstructured, error) {
	var all []unstructured.Unstructured
	for _, namespace := range t.namespaces {
		found, err := r.list(ctx, t.kind, namespace)
		if err != nil {
			return nil, err
		}
		for _, o := range found {
			if t.wanted(o) {
				all = append(all, o)
			}
		}
	}
	return all, nil
}

// remove deletes the objects of a target and waits until none is left: what has a
// finalizer goes when its controller has done its part. An object that was made
// again meanwhile, by the same name, is another, and is deleted, too.
func (r *Removal) remove(ctx context.Context, t target, looks int, on string) error {
	if r.Cluster == nil {
		return nil
	}
	return r.until(ctx, looks, "what is left of the "+t.kind.Resource, on, func(ctx context.Context) ([]string, error) {
		found, err := r.there(ctx, t)
		if err != nil {
			return nil, err
		}
		for _, o := range found {
			if o.GetDeletionTimestamp() != nil {
				continue
			}
			r.Say("  delete %s", nameOf(o))
			uid := o.GetUID()
			err := r.Cluster.Kube.Resource(t.kind).Namespace(o.GetNamespace()).Delete(ctx, o.GetName(), v1.DeleteOptions{Preconditions: &v1.Preconditions{UID: &uid}})
			if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
				return nil, fmt.Errorf("delete %s: %w", nameOf(o), err)
			}
		}
		return waited(found), nil
	})
}

// waited names what has not gone, and who has to let it go.
func waited(found []unstructured.Unstructured) []string {
	var all []string
	for _, o := range found {
		text := nameOf(o)
		if finalizers := o.GetFinalizers(); o.GetDeletionTimestamp() != nil && len(finalizers) > 0 {
			text += " (waits for " + strings.Join(finalizers, ", ") + ")"
		}
		all = append(all, text)
	}
	return all
}

func nameOf(o unstructured.Unstructured) string {
	if o.GetNamespace() == "" {
		return o.GetKind() + " " + o.GetName()
	}
	return o.GetKind() + " " + o.GetNamespace() + "/" + o.GetName()
}

func (r *Removal) teams() []string {
	var all []string
	for _, t := range r.Platform.Teams {
		all = append(all, t.Namespace)
	}
	return all
}

// unlocked is what to do with an object whose controller is gone.
const unlocked = "is the operator running? kubectl get pods --namespace flink-kubernetes-operator; if it is gone for good, take the finalizer out of the object by hand"

func (r *Removal) sessionJobs(ctx context.Context) error {
	return r.remove(ctx, target{kind: sessionJobs, namespaces: r.teams()}, looksOfJobs, unlocked)
}

func (r *Removal) applications(ctx context.Context) error {
	return r.remove(ctx, target{kind: deployments, namespaces: r.teams()}, looksOfJobs, unlocked)
}

// suspend asks the operator for a final savepoint of each job, waits until it says
// that the job is suspended, and says where the savepoint lies: once the objects are
// gone, nothing else does. An application whose upgradeMode is stateless takes none,
// and one that has never run has none to take.
func (r *Removal) suspend(ctx context.Context) error {
	if r.Cluster == nil {
		return nil
	}
	said := map[string]bool{}
	for _, kind := range []schema.GroupVersionResource{sessionJobs, deployments} {
		t := target{kind: kind, namespaces: r.teams(), only: hasJob}
		err := r.until(ctx, looksOfJobs, "a job that is to be suspended", "kubectl describe it says why; without --savepoints it is deleted as it is", func(ctx context.Context) ([]string, error) {
			found, err := r.there(ctx, t)
			if err != nil {
				return nil, err
			}
			var left []string
			for _, o := range found {
				if suspended(o) {
					if name := nameOf(o); !said[name] {
						said[name] = true
						r.Say("  %s is suspended: %s", name, savepointOf(o))
					}
					continue
				}
				left = append(left, nameOf(o))
				if err := r.askToSuspend(ctx, kind, o); err != nil {
					return nil, err
				}
			}
			return left, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func hasJob(o unstructured.Unstructured) bool {
	_, has, _ := unstructured.NestedMap(o.Object, "spec", "job")
	return has
}

// suspended is what the operator says once the savepoint is there.
func suspended(o unstructured.Unstructured) bool {
	state, _, _ := unstructured.NestedString(o.Object, "status", "lifecycleState")
	return state == "SUSPENDED" && wantsSuspended(o)
}

// savepointOf says in words where the state of a suspended job is.
func savepointOf(o unstructured.Unstructured) string {
	if path := eks.LastSavepoint(&o); path != "" {
		return "its state is in " + path
	}
	return "the operator names no savepoint of it"
}

func wantsSuspended(o unstructured.Unstructured) bool {
	state, _, _ := unstructured.NestedString(o.Object, "spec", "job", "state")
	return state == "suspended"
}

// askToSuspend is a change of the version that was read: what somebody else writes
// in between is read again first.
func (r *Removal) askToSuspend(ctx context.Context, kind schema.GroupVersionResource, o unstructured.Unstructured) error {
	if wantsSuspended(o) || o.GetDeletionTimestamp() != nil {
		return nil
	}
	mode, _, _ := unstructured.NestedString(o.Object, "spec", "job", "upgradeMode")
	upgrade := `,"upgradeMode":"savepoint"`
	if mode == "stateless" {
		upgrade = ""
	}
	r.Say("  suspend %s", nameOf(o))
	patch := fmt.Sprintf(`{"metadata":{"resourceVersion":%q},"spec":{"job":{"state":"suspended"%s}}}`, o.GetResourceVersion(), upgrade)
	_, err := r.Cluster.Kube.Resource(kind).Namespace(o.GetNamespace()).Patch(ctx, o.GetName(), types.MergePatchType, []byte(patch), v1.PatchOptions{})
	if err != nil && !apierrors.IsConflict(err) && !apierrors.IsNotFound(err) {
		return fmt.Errorf("suspend %s: %w", nameOf(o), err)
	}
	return nil
}

// outside removes what controllers of the cluster made outside of it, in no stack: a
// load balancer keeps the VPC from going, a volume stays and is billed. Of a
// cluster that existed before, only the platform's own namespaces are touched.
func (r *Removal) outside(ctx context.Context) error {
	in := []string{""}
	switch {
	case r.team != "":
		in = r.teams()
	case r.Platform.Cluster.Existing != nil:
		in = r.own()
	}
	balanced := func(o unstructured.Unstructured) bool {
		kind, _, _ := unstructured.NestedString(o.Object, "spec", "type")
		return kind == "LoadBalancer"
	}
	for _, t := range []target{{kind: ingresses, namespaces: in}, {kind: services, namespaces: in, only: balanced}, {kind: claims, namespaces: in}} {
		if err := r.remove(ctx, t, looksOfJobs, "a volume claim goes when the pod that uses it does: kubectl get pods -A; a load balancer goes by its controller"); err != nil {
			return err
		}
	}
	return nil
}

// own are the namespaces that the platform made: those of teams and of charts.
func (r *Removal) own() []string { return append(r.teams(), chartNamespaces()...) }

// nodes go while Karpenter runs: without it their instances would run on, in no
// stack. A class waits for its last node.
func (r *Removal) nodes(ctx context.Context) error {
	ours := func(o unstructured.Unstructured) bool {
		for _, pool := range r.Platform.AddOns.Pools {
			if o.GetName() == pool.Name || o.GetLabels()["karpenter.sh/nodepool"] == pool.Name {
				return true
			}
		}
		return false
	}
	const on = "kubectl describe nodeclaims says what it drains; a pod with karpenter.sh/do-not-disrupt or a PodDisruptionBudget that allows nothing holds its node: delete that pod"
	if err := r.remove(ctx, target{kind: pools, namespaces: []string{""}, only: ours}, looksOfNodes, on); err != nil {
		return err
	}
	if err := r.remove(ctx, target{kind: nodeClaims, namespaces: []string{""}, only: ours}, looksOfNodes, on); err != nil {
		return err
	}
	return r.remove(ctx, target{kind: nodeClasses, namespaces: []string{""}, only: ours}, looksOfNodes, on)
}
