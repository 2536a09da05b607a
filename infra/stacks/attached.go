package stacks

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/constructs/data"
	"github.com/sluice-flink/sluice/infra/constructs/network"
	"github.com/sluice-flink/sluice/infra/constructs/observability"
	"github.com/sluice-flink/sluice/infra/constructs/team"
	"github.com/sluice-flink/sluice/infra/platform"
)

// Attached is the platform that an event plane belongs to. Its methods know nil:
// a plane that is attached by parameters.
type Attached struct {
	Platform platform.Platform
	Network  network.Network
	Cluster  cluster.Cluster
	Data     data.Data
	Metrics  *observability.Workspace // what release policies ask; nil: nothing
}

// given is what the parameters say of a plane without a platform.
func (a *Attached) given() parameters {
	if a == nil {
		return parameters{}
	}
	prometheus, workspaceID := jsii.String(""), jsii.String("none")
	if a.Metrics != nil {
		prometheus, workspaceID = a.Metrics.URL, a.Metrics.ID
	}
	all := parameters{
		clusterName:     a.Cluster.ClusterName(),
		clusterEndpoint: a.Cluster.ClusterEndpoint(),
		clusterCA:       a.Cluster.ClusterCertificateAuthorityData(),
		operator:        jsii.String(strings.ToLower(string(a.Platform.FlinkOperator.Kind))),
		dataBucket:      a.Data.State.BucketName(),
		dataKey:         a.Data.Key.KeyArn(),
		jobRole:         jobRoles(a.Platform),
		logsBucket:      a.Data.Logs.BucketName(),
		logGroup:        jsii.String(team.LogGroup(a.Platform, platform.Team{Namespace: "${NAMESPACE}"})),
		scheduler:       jsii.String(a.Platform.AddOns.Scheduler()),
		dockerHub:       jsii.String(a.Platform.Mirror.Registry.At("docker.io")),
		prometheus:      prometheus,
		workspaceID:     workspaceID,
		logRetention:    jsii.Number(a.Platform.Observability.LogDays),
	}
	if a.Platform.Ingress.On() {
		all.webDomain = jsii.String(a.Platform.Ingress.Domain)
	}
	return all
}

// jobRoles is the ARN of a team's role; the namespace is filled in where the
// manifest is read.
func jobRoles(p platform.Platform) *string {
	return awscdk.Fn_Join(jsii.String(""), &[]*string{
		jsii.String("arn:"), awscdk.Aws_PARTITION(), jsii.String(":iam::"), awscdk.Aws_ACCOUNT_ID(), jsii.String(":role/" + p.JobRole("${NAMESPACE}")),
	})
}

// private is where functions stand that reach the cluster.
func (a *Attached) private() *constructs.Network {
	at := &constructs.Network{SecurityGroupIDs: []*string{a.Cluster.Functions.SecurityGroupId()}}
	for _, subnet := range a.Network.Private {
		at.SubnetIDs = append(at.SubnetIDs, subnet.SubnetId())
	}
	return at
}

func (a *Attached) environment() *awscdk.Environment {
	if a == nil {
		return nil
	}
	return &awscdk.Environment{Region: jsii.String(a.Platform.Region)}
}

// partition is aws for a plane without a platform, whose template has to be
// made before anybody knows its region.
func (a *Attached) partition() string {
	if a == nil {
		return "aws"
	}
	return a.Platform.Partition
}
