package constructs

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awseks"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/functions"
)

// The Kubernetes groups of the functions that reach the cluster.
// infra/kubernetes/rbac.yaml says what they may do, namespace by namespace.
const (
	ReleasersGroup = "sluice:releasers" // of those that act
	ObserversGroup = "sluice:observers" // of those that only look
)

// groupOf is the group of a function that reaches the cluster.
func groupOf(f functions.Function) string {
	if slices.Contains(f.Grants, functions.UseCluster) {
		return ReleasersGroup
	}
	return ObserversGroup
}

// LetIn makes the access entry of a function's role.
func LetIn(scope constructs.Construct, f functions.Function, cluster, roleArn *string) {
	AdmitToCluster(scope, f.State+"AccessEntry", cluster, roleArn, groupOf(f))
}

// Members are those of the functions that belong to a group.
func Members(all []functions.Function, group string) []functions.Function {
	return slices.DeleteFunc(slices.Clone(all), func(f functions.Function) bool { return !f.ReachesCluster() || groupOf(f) != group })
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
