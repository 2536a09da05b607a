package plane

import (
	"context"
	"errors"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/controller-manager/pkg/informerfactory"
	"k8s.io/kubernetes/pkg/controller/clusterroleaggregation"
	"k8s.io/kubernetes/pkg/controller/deployment"
	"k8s.io/kubernetes/pkg/controller/endpoint"
	"k8s.io/kubernetes/pkg/controller/endpointslice"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
	"k8s.io/kubernetes/pkg/controller/job"
	"k8s.io/kubernetes/pkg/controller/namespace"
	"k8s.io/kubernetes/pkg/controller/replicaset"
	"k8s.io/kubernetes/pkg/controller/statefulset"
	"k8s.io/kubernetes/pkg/controller/ttlafterfinished"
)

const (
	controllerWorkers = 2
	// rediscoverEvery is how soon objects of a new CRD take part in garbage collection.
	rediscoverEvery = 5 * time.Second
)

// controllerDeps is what the controllers are built from.
type controllerDeps struct {
	client   kubernetes.Interface
	metadata metadata.Interface
	all      informers.SharedInformerFactory
	objects  metadatainformer.SharedInformerFactory
	started  chan struct{} // closed when the informers were started
}

// runner is what every controller offers.
type runner func(ctx context.Context, workers int)

// runControllers runs the controllers and the binder until ctx is done. Each is
// built directly: the controller manager would link all the others as well.
func runControllers(ctx context.Context, config *rest.Config, p PKI, node string) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	md, err := metadata.NewForConfig(config)
	if err != nil {
		return err
	}
	d := controllerDeps{
		client: client, metadata: md, started: make(chan struct{}),
		all: informers.NewSharedInformerFactory(client, 0), objects: metadatainformer.NewSharedInformerFactory(md, 0),
	}
	workloads, err1 := d.workloads(ctx)
	network, err2 := d.services(ctx)
	accounts, err3 := d.accounts(p)
	housekeeping, err4 := d.housekeeping(ctx)
	err5 := bindPods(ctx, client, d.all.Core().V1().Pods().Informer(), node)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return err
	}
	for _, group := range [][]runner{workloads, network, accounts, housekeeping} {
		for _, run := range group {
			go run(ctx, controllerWorkers)
		}
	}
	d.all.Start(ctx.Done())
	d.objects.Start(ctx.Done())
	close(d.started)
	<-ctx.Done()
	return ctx.Err()
}

func (d controllerDeps) workloads(ctx context.Context) ([]runner, error) {
	core, apps, jobs := d.all.Core().V1(), d.all.Apps().V1(), d.all.Batch().V1().Jobs()
	deployments, err := deployment.NewDeploymentController(ctx, apps.Deployments(), apps.ReplicaSets(), core.Pods(), d.client)
	if err != nil {
		return nil, err
	}
	// The two nil informers belong to gang scheduling, which needs a scheduler.
	job, err := job.NewController(ctx, d.client, core.Pods(), jobs, nil, nil)
	if err != nil {
		return nil, err
	}
	return []runner{
		deployments.Run, job.Run,
		replicaset.NewReplicaSetController(ctx, apps.ReplicaSets(), core.Pods(), d.client, replicaset.BurstReplicas).Run,
		statefulset.NewStatefulSetController(ctx, core.Pods(), apps.StatefulSets(), core.PersistentVolumeClaims(), apps.ControllerRevisions(), d.client).Run,
		ttlafterfinished.New(ctx, jobs, d.client).Run,
	}, nil
}

func (d controllerDeps) services(ctx context.Context) ([]runner, error) {
	core := d.all.Core().V1()
	const perSlice = 100
	return []runner{
		endpointslice.NewController(ctx, core.Pods(), core.Services(), core.Nodes(), d.all.Discovery().V1().EndpointSlices(), perSlice, d.client, 0).Run,
		endpoint.NewEndpointController(ctx, core.Pods(), core.Services(), core.Endpoints(), d.client, 0).Run,
	}, nil
}

func (d controllerDeps) housekeeping(ctx context.Context) ([]runner, error) {
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(d.client.Discovery()))
	graph := garbagecollector.NewDependencyGraphBuilder(ctx, d.metadata, mapper, garbagecollector.DefaultIgnoredResources(),
		informerfactory.NewInformerFactory(d.all, d.objects), d.started)
	gc, err := garbagecollector.NewComposedGarbageCollector(ctx, d.client, d.metadata, mapper, graph)
	if err != nil {
		return nil, err
	}
	const resync, settle = 5 * time.Minute, 30 * time.Second
	namespaces := namespace.NewNamespaceController(ctx, d.client, d.metadata, d.client.Discovery().ServerPreferredNamespacedResources,
		d.all.Core().V1().Namespaces(), resync, corev1.FinalizerKubernetes)
	return []runner{
		namespaces.Run,
		clusterroleaggregation.NewClusterRoleAggregation(d.all.Rbac().V1().ClusterRoles(), d.client.RbacV1()).Run,
		func(ctx context.Context, workers int) { gc.Run(ctx, workers, settle) },
		func(ctx context.Context, _ int) { gc.Sync(ctx, d.client.Discovery(), rediscoverEvery) },
	}, nil
}
