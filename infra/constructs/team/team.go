package team

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseks"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseksv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	own "github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/constructs/data"
	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
)

// Props is what a team is wired to.
type Props struct {
	Platform platform.Platform
	Cluster  cluster.Cluster
	Data     data.Data
	Pinned   own.Storage // its ledger holds the jars that releases pinned
}

// New makes what the team has in its namespace and in AWS.
func New(scope constructs.Construct, t platform.Team, props Props) {
	log := awslogs.NewLogGroup(scope, jsii.String("Log"), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String(LogGroup(props.Platform, t)),
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	log.Node().DefaultChild().(awslogs.CfnLogGroup).SetRetentionInDays(jsii.Number(props.Platform.Observability.LogDays))
	jobRole(scope, t, props, log)
	var objects []*map[string]any
	for _, object := range kubernetes.Team(t) {
		objects = append(objects, &object)
	}
	awseksv2.NewKubernetesManifest(scope, jsii.String("Objects"), &awseksv2.KubernetesManifestProps{Cluster: props.Cluster.ICluster, Manifest: &objects})
	for i, role := range t.Roles {
		awseks.NewCfnAccessEntry(scope, jsii.String(fmt.Sprintf("People%d", i)), &awseks.CfnAccessEntryProps{
			ClusterName:      props.Cluster.ClusterName(),
			PrincipalArn:     jsii.String(role),
			KubernetesGroups: jsii.Strings(kubernetes.Group(t)),
			Type:             jsii.String("STANDARD"),
		})
	}
}

// LogGroup is where the logs of a team's jobs go; EMR's operator makes none.
func LogGroup(p platform.Platform, t platform.Team) string {
	return fmt.Sprintf("/%s/flink/%s", p.Name, t.Namespace)
}
