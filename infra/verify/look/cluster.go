package look

import (
	"context"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"

	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/verify"
)

// Cluster is the API server of a platform's cluster.
type Cluster struct {
	Kube dynamic.Interface
	// Public says that the endpoint is reached from outside its VPC.
	Public bool

	host      string
	discovery *discovery.DiscoveryClient
	kinds     *restmapper.DeferredDiscoveryRESTMapper
}

// Connect makes the clients. Nothing is asked yet.
func Connect(config *rest.Config, public bool) (*Cluster, error) {
	kube, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	known, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, err
	}
	return &Cluster{Kube: kube, Public: public, host: config.Host, discovery: known,
		kinds: restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(known))}, nil
}

// Answers asks for the version of the API server, and says why there is none.
func (c *Cluster) Answers(ctx context.Context) error {
	if err := c.discovery.RESTClient().Get().AbsPath("/version").Do(ctx).Error(); err != nil {
		if status := apierrors.APIStatus(nil); errors.As(err, &status) {
			return fmt.Errorf("%s refused us: %w; who may is said by cluster.admins in the platform's file", c.host, err)
		}
		return Unreachable(c.host, c.Public, err)
	}
	return nil
}

// The kinds that are read by name.
var (
	nodeKind       = schema.GroupVersionResource{Version: "v1", Resource: "nodes"}
	definitionKind = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
	serviceKind    = schema.GroupVersionResource{Group: "apiregistration.k8s.io", Version: "v1", Resource: "apiservices"}
	reviewKind     = schema.GroupVersionResource{Group: "authorization.k8s.io", Version: "v1", Resource: "subjectaccessreviews"}
	poolKinds      = map[string]schema.GroupVersionResource{
		"NodePool":     {Group: "karpenter.sh", Version: "v1", Resource: "nodepools"},
		"EC2NodeClass": {Group: "karpenter.k8s.aws", Version: "v1", Resource: "ec2nodeclasses"},
	}
	workloadKinds = map[string]schema.GroupVersionResource{
		"Deployment":  {Group: "apps", Version: "v1", Resource: "deployments"},
		"DaemonSet":   {Group: "apps", Version: "v1", Resource: "daemonsets"},
		"StatefulSet": {Group: "apps", Version: "v1", Resource: "statefulsets"},
	}
)

// metricsService is the API that a metrics server serves.
const metricsService = "v1beta1.metrics.k8s.io"

// get reads one object; nil: there is none, or its kind is not known.
func (c *Cluster) get(ctx context.Context, kind schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	found, err := c.Kube.Resource(kind).Namespace(namespace).Get(ctx, name, v1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	return found, err
}

func (l *looker) nodes(ctx context.Context) error {
	list, err := l.from.Cluster.Kube.Resource(nodeKind).List(ctx, v1.ListOptions{})
	if err != nil {
		return err
	}
	for _, n := range list.Items {
		ready, _ := condition(&n, "Ready")
		l.seen.Nodes = append(l.seen.Nodes, verify.Node{Name: n.GetName(), Group: n.GetLabels()[platform.NodeGroupLabel], Ready: ready})
	}
	return nil
}

func (l *looker) charts(ctx context.Context) error {
	for _, c := range verify.Installed(l.platform) {
		release, err := l.from.Cluster.release(ctx, c.Namespace, c.Release)
		if err != nil {
			return err
		}
		if release != nil {
			l.seen.Releases = append(l.seen.Releases, *release)
		}
		for _, workload := range c.Workloads {
			kind, name, _ := strings.Cut(workload, "/")
			found, err := l.from.Cluster.get(ctx, workloadKinds[kind], c.Namespace, name)
			if err != nil {
				return err
			}
			if found != nil {
				l.seen.Workloads = append(l.seen.Workloads, workloadOf(found))
			}
		}
	}
	return nil
}

// workloadOf counts pods: a DaemonSet says them by other names.
func workloadOf(o *unstructured.Unstructured) verify.Workload {
	number := func(path ...string) int {
		n, _, _ := unstructured.NestedInt64(o.Object, path...)
		return int(n)
	}
	w := verify.Workload{Kind: o.GetKind(), Namespace: o.GetNamespace(), Name: o.GetName(), Wanted: number("spec", "replicas"), Ready: number("status", "readyReplicas")}
	if w.Kind == "DaemonSet" {
		w.Wanted, w.Ready = number("status", "desiredNumberScheduled"), number("status", "numberReady")
	}
	return w
}

func (l *looker) definitions(ctx context.Context) error {
	for _, c := range verify.Installed(l.platform) {
		for _, wanted := range c.Definitions {
			name, _, _ := strings.Cut(wanted, "/")
			found, err := l.from.Cluster.get(ctx, definitionKind, "", name)
			if err != nil {
				return err
			}
			if found == nil {
				continue
			}
			established, _ := condition(found, "Established")
			l.seen.Definitions = append(l.seen.Definitions, verify.Definition{Name: name, Served: served(found), Established: established})
		}
	}
	return nil
}

func served(definition *unstructured.Unstructured) []string {
	versions, _, _ := unstructured.NestedSlice(definition.Object, "spec", "versions")
	var names []string
	for _, v := range versions {
		version, _ := v.(map[string]any)
		if on, _ := version["served"].(bool); on {
			names = append(names, fmt.Sprint(version["name"]))
		}
	}
	return names
}

func (l *looker) metrics(ctx context.Context) error {
	found, err := l.from.Cluster.get(ctx, serviceKind, "", metricsService)
	if err != nil || found == nil {
		return err
	}
	ready, message := condition(found, "Available")
	l.seen.MetricsAPI = verify.Condition{Name: metricsService, Ready: ready, Message: message}
	return nil
}

func (l *looker) pools(ctx context.Context) error {
	if !l.platform.AddOns.Karpenter() {
		return nil
	}
	for _, pool := range l.platform.AddOns.Pools {
		for kind, resource := range poolKinds {
			found, err := l.from.Cluster.get(ctx, resource, "", pool.Name)
			if err != nil {
				return err
			}
			if found == nil {
				continue
			}
			ready, message := condition(found, "Ready")
			l.seen.Pools = append(l.seen.Pools, verify.Condition{Name: kind + "/" + pool.Name, Ready: ready, Message: message})
		}
	}
	return nil
}

// condition is whether a condition of an object is true, and what it says.
func condition(o *unstructured.Unstructured, kind string) (is bool, message string) {
	all, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	for _, c := range all {
		if one, _ := c.(map[string]any); one["type"] == kind {
			return one["status"] == "True", fmt.Sprint(one["message"])
		}
	}
	return false, "it does not say yet"
}

func (l *looker) teams(ctx context.Context) error {
	for _, team := range l.platform.Teams {
		if err := l.objects(ctx, verify.Wanted(team)); err != nil {
			return err
		}
	}
	return nil
}

func (l *looker) policies(ctx context.Context) error {
	return l.objects(ctx, verify.Guarding(l.platform))
}

// objects reads those that are there. Of a kind that nobody defines there is none.
func (l *looker) objects(ctx context.Context, all []kubernetes.Object) error {
	for _, wanted := range all {
		object := &unstructured.Unstructured{Object: wanted}
		mapping, err := l.from.Cluster.kinds.RESTMapping(object.GroupVersionKind().GroupKind(), object.GroupVersionKind().Version)
		if meta.IsNoMatchError(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("find the kind %s: %w", object.GetKind(), err)
		}
		found, err := l.from.Cluster.get(ctx, mapping.Resource, object.GetNamespace(), object.GetName())
		if err != nil {
			return err
		}
		if found != nil {
			l.seen.Objects = append(l.seen.Objects, found.Object)
		}
	}
	return nil
}
