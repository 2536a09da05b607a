package constructs

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awseks"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/functions"
)

// ReleasersGroup is the Kubernetes group of the functions that use the
// cluster. infra/kubernetes/rbac.yaml says what it may do, namespace by namespace.
const ReleasersGroup = "sluice:releasers"

// UsesCluster says whether the function talks to the Kubernetes API.
func UsesCluster(f functions.Function) bool {
	return slices.Contains(f.Grants, functions.UseCluster)
}

// AdmitToCluster lets a role into the cluster as a member of a Kubernetes group.
// It is the plain resource because the CDK's AccessEntry cannot name groups,
// only AWS's own policies, which are too wide.
func AdmitToCluster(scope constructs.Construct, id string, cluster, roleArn *string, group string) {
	awseks.NewCfnAccessEntry(scope, jsii.String(id), &awseks.CfnAccessEntryProps{
		ClusterName:      cluster,
		PrincipalArn:     roleArn,
		KubernetesGroups: jsii.Strings(group),
		Type:             jsii.String("STANDARD"),
	})
}
