package cluster

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseks"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseksv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/platform"
)

// patience is how long an installation may take until all its pods are ready.
// The provider is a function, which ends after 15 minutes.
const patience = 14

// Install installs a chart of the table, from the platform's mirror if there is
// one, and waits until it is ready, so that what depends on it finds it working.
func (c Cluster) Install(scope constructs.Construct, id string, chart charts.Chart, values map[string]any) awseksv2.HelmChart {
	values = c.Mirror.Values(chart, values)
	chart = c.Mirror.Chart(chart)
	made := awseksv2.NewHelmChart(scope, jsii.String(id), &awseksv2.HelmChartProps{
		Cluster:         c.ICluster,
		Chart:           jsii.String(chart.Name),
		Release:         jsii.String(chart.Release),
		Repository:      jsii.String(chart.Repository),
		Version:         jsii.String(chart.Version),
		Namespace:       jsii.String(chart.Namespace),
		CreateNamespace: jsii.Bool(chart.Namespace != "kube-system"),
		Values:          &values,
		Wait:            jsii.Bool(true),
		Timeout:         awscdk.Duration_Minutes(jsii.Number(patience)),
	})
	c.turns.next(scope, made)
	return made
}

// Apply applies objects. Several are taken over where they are there already: of a
// creation that died half-way the CDK's provider removes nothing, and the next one
// would end at the first of them
// (https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html#important-cases-to-handle).
// One alone is either there or not: if it is, it is somebody else's.
//
// What must not stay in the cluster when it leaves the stack is applied alone: of
// several, kubectl removes those of a dozen kinds that are gone, and no policies,
// roles or quotas (https://github.com/kubernetes/kubectl/blob/master/pkg/cmd/apply/prune.go).
func (c Cluster) Apply(scope constructs.Construct, id string, objects ...map[string]any) awseksv2.KubernetesManifest {
	return c.apply(scope, id, false, objects)
}

func (c Cluster) apply(scope constructs.Construct, id string, keep bool, objects []map[string]any) awseksv2.KubernetesManifest {
	var manifest []*map[string]any
	for _, object := range objects {
		manifest = append(manifest, &object)
	}
	props := &awseksv2.KubernetesManifestProps{Cluster: c.ICluster, Manifest: &manifest}
	if len(objects) > 1 {
		props.Overwrite = jsii.Bool(true)
	}
	if keep {
		// What was kept is there already when somebody asks for it again.
		props.Prune, props.RemovalPolicy, props.Overwrite = jsii.Bool(false), awscdk.RemovalPolicy_RETAIN, jsii.Bool(true)
	}
	made := awseksv2.NewKubernetesManifest(scope, jsii.String(id), props)
	c.turns.next(scope, made)
	return made
}

// Keep applies objects that stay in the cluster when they leave the stack, or it
// is removed: a namespace that is deleted takes along whatever runs in it.
func (c Cluster) Keep(scope constructs.Construct, id string, objects ...map[string]any) awseksv2.KubernetesManifest {
	return c.apply(scope, id, true, objects)
}

// Identify gives the pods of a service account a role. What installs those pods
// has to depend on it: a pod that starts before has no rights until it is
// started anew (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html).
func (c Cluster) Identify(scope constructs.Construct, id, namespace, serviceAccount string, role awsiam.IRole) awseks.CfnPodIdentityAssociation {
	return awseks.NewCfnPodIdentityAssociation(scope, jsii.String(id), &awseks.CfnPodIdentityAssociationProps{
		ClusterName:    c.ClusterName(),
		Namespace:      jsii.String(namespace),
		ServiceAccount: jsii.String(serviceAccount),
		RoleArn:        role.RoleArn(),
	})
}

// Core is where the platform's own pods go, as values of charts have it.
type Core struct {
	NodeSelector map[string]any
	Tolerations  []any
}

// CoreOf is the core group. A cluster that exists has groups of its own, with
// other labels: there the pods go wherever they may.
func CoreOf(p platform.Platform) Core {
	core := Core{
		NodeSelector: map[string]any{"kubernetes.io/os": "linux"},
		Tolerations:  []any{map[string]any{"key": SystemTaint, "operator": "Exists"}},
	}
	if p.Cluster.Existing == nil {
		core.NodeSelector[GroupLabel] = "core"
	}
	return core
}

// Needs are what a container of the platform asks for; memory is its limit, too,
// and cores have none: a limit of them slows what everybody waits for.
func Needs(cpu, memory string) map[string]any {
	return map[string]any{
		"requests": map[string]any{"cpu": cpu, "memory": memory},
		"limits":   map[string]any{"memory": memory},
	}
}
