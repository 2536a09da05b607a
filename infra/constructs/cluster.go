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

// AdmitToCluster lets a function's role into the cluster as a member of
// ReleasersGroup. It is the plain resource because the CDK's AccessEntry
// cannot name Kubernetes groups, only AWS's own policies, which are too wide.
func AdmitToCluster(scope constructs.Construct, f functions.Function, cluster, roleArn *string) {
	awseks.NewCfnAccessEntry(scope, jsii.String(f.State+"AccessEntry"), &awseks.CfnAccessEntryProps{
		ClusterName:      cluster,
		PrincipalArn:     roleArn,
		KubernetesGroups: jsii.Strings(ReleasersGroup),
		Type:             jsii.String("STANDARD"),
	})
}
