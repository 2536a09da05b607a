package operator

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/infra/charts"
	own "github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// account is the service account that EMR's chart makes for the operator.
var account = charts.EMROperator.Account

// New installs the operator. The namespaces of the teams stand in its stack, since
// it watches namespaces that are there, and finalizes what is deleted in them: a
// team goes before the operator does.
func New(scope constructs.Construct, p platform.Platform, on cluster.Cluster, pinned own.Storage) {
	var namespaces []map[string]any
	for _, t := range p.Teams {
		namespaces = append(namespaces, kubernetes.Namespace(t))
	}
	on.Apply(scope, "FencePolicy", kubernetes.FencePolicy()...)
	if len(namespaces) > 0 {
		on.Keep(scope, "Namespaces", namespaces...)
	}
	core := cluster.CoreOf(p)
	if p.FlinkOperator.Kind == platform.Apache {
		on.Install(scope, "FlinkOperator", charts.ApacheOperator, apacheValues(core, p))
		return
	}
	role := operatorRole(scope, on, pinned)
	identity := on.Identify(scope, "OperatorIdentity", charts.EMROperator.Namespace, account, role)
	on.Install(scope, "FlinkOperator", charts.EMROperator, emrValues(core, p, *role.RoleArn())).Node().AddDependency(identity)
}

// operatorRole lets EMR's operator fetch the jars that releases pinned, for
// session jobs, whose jars it uploads itself.
func operatorRole(scope constructs.Construct, on cluster.Cluster, pinned own.Storage) awsiam.Role {
	role := cluster.PodRole(scope, "OperatorRole", "the Flink operator")
	role.Node().DefaultChild().(awsiam.CfnRole).SetAssumeRolePolicyDocument(cluster.Trust(on.Issuer, charts.EMROperator.Namespace, account))
	role.AddToPolicy(own.Allow("ReadPinnedJars", []string{"s3:GetObject"}, pinned.Ledger.ArnForObjects(jsii.String(ledger.JarPrefix+"*"))))
	decrypt := own.Allow("DecryptPinnedJars", []string{"kms:Decrypt"}, pinned.Key.KeyArn())
	decrypt.AddConditions(own.OnlyThroughS3())
	role.AddToPolicy(decrypt)
	own.JustifyPrefixes(role, "Which jars are pinned is not known beforehand; they lie below a prefix of their own.")
	return role
}
