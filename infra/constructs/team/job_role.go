package team

import (
	"math/big"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	own "github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// jobRole is the role that the team's jobs run under. EMR's operator starts them
// under service accounts it makes, whose names it derives from the account and the
// role's name; the open-source operator under the team's own. Each gets the role
// by a pod identity; EMR's older releases take it by the cluster's OIDC provider.
func jobRole(scope constructs.Construct, t platform.Team, props Props, log awslogs.ILogGroup) {
	name := props.Platform.JobRole(t.Namespace)
	role := awsiam.NewRole(scope, jsii.String("JobRole"), &awsiam.RoleProps{
		RoleName:    jsii.String(name),
		Description: jsii.String("Sluice: Flink jobs of team " + t.Name),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("pods.eks.amazonaws.com"), nil),
	})
	role.Node().DefaultChild().(awsiam.CfnRole).SetAssumeRolePolicyDocument(cluster.Trust(props.Cluster.Issuer, t.Namespace, anyEMRPod(name)))
	for _, statement := range rights(t, props, log) {
		role.AddToPolicy(statement)
	}
	own.JustifyPrefixes(role, "What a job writes below its team's prefix, and which jars are pinned, is not known beforehand; prefixes part who may touch which.")
	own.JustifyWildcards(role, "Describing log groups takes no resource.", `/^Resource::\*$/`)
	accounts := map[string]*string{
		"JobManagerIdentity":  emrAccount("jobmanager", name),
		"TaskManagerIdentity": emrAccount("taskmanager", name),
		"OwnIdentity":         jsii.String(kubernetes.FullName(t) + "-sa"),
	}
	if props.Platform.FlinkOperator.Kind == platform.Apache {
		accounts["ChartsIdentity"] = jsii.String(chartsAccount)
	}
	for id, account := range accounts {
		props.Cluster.Identify(scope, id, t.Namespace, *account, role)
	}
}

// chartsAccount is the service account that Apache's chart makes in each namespace
// it watches, with the Role that a JobManager needs: what a manifest names that was
// written for that operator
// (https://github.com/apache/flink-kubernetes-operator/blob/main/helm/flink-kubernetes-operator/values.yaml, jobServiceAccount).
const chartsAccount = "flink"

// rights are the team's own prefix of each bucket, and reading what is pinned.
func rights(t platform.Team, props Props, log awslogs.ILogGroup) []awsiam.PolicyStatement {
	d, prefix := props.Data, t.Namespace+"/"
	var all []awsiam.PolicyStatement
	for _, bucket := range []struct {
		sid string
		awss3.IBucket
	}{{"State", d.State}, {"Jobs", d.Jobs}, {"Logs", d.Logs}} {
		list := own.Allow("List"+bucket.sid, []string{"s3:ListBucket"}, bucket.BucketArn())
		list.AddConditions(&map[string]any{"StringLike": map[string]any{"s3:prefix": []string{t.Namespace, prefix + "*"}}})
		all = append(all, list, own.Allow("Use"+bucket.sid, []string{
			"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts",
		}, bucket.ArnForObjects(jsii.String(prefix+"*"))))
	}
	all = append(all, own.Allow("ReadPinnedJars", []string{"s3:GetObject"}, props.Pinned.Ledger.ArnForObjects(jsii.String(ledger.JarPrefix+"*"))))
	use := own.Allow("UseKeys", []string{"kms:Decrypt", "kms:GenerateDataKey"}, d.Key.KeyArn())
	read := own.Allow("ReadPinnedJarsKey", []string{"kms:Decrypt"}, props.Pinned.Key.KeyArn())
	for _, statement := range []awsiam.PolicyStatement{use, read} {
		statement.AddConditions(own.OnlyThroughS3())
	}
	return append(all, use, read,
		own.Allow("WriteLog", []string{"logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"}, log.LogGroupArn()),
		own.Allow("FindLog", []string{"logs:DescribeLogGroups"}, jsii.String("*")))
}

// anyEMRPod are the accounts of all kinds of pods, as
// `aws emr-containers update-role-trust-policy` writes them: two stars stand for the
// kind, the rest is exact
// (https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/setting-up-trust-policy.html).
func anyEMRPod(role string) string { return "emr-containers-sa-*-*-${AWS::AccountId}-" + base36(role) }

// emrAccount is the service account that EMR's operator makes for the pods of a kind.
func emrAccount(kind, role string) *string {
	return awscdk.Fn_Join(jsii.String("-"), &[]*string{jsii.String("emr-containers-sa-flink-" + kind), awscdk.Aws_ACCOUNT_ID(), jsii.String(base36(role))})
}

// base36 is a role's name as EMR puts it into the names of service accounts: its
// bytes as one number, in base 36
// (https://github.com/aws/aws-cli/blob/v2/awscli/customizations/emrcontainers/base36.py).
func base36(role string) string { return new(big.Int).SetBytes([]byte(role)).Text(36) }
