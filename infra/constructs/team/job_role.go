package team

import (
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
	accounts := kubernetes.JobAccounts(t, *awscdk.Aws_ACCOUNT_ID(), name)
	identities := map[string]string{"JobManagerIdentity": accounts.JobManager, "TaskManagerIdentity": accounts.TaskManager, "OwnIdentity": accounts.Own}
	if props.Platform.FlinkOperator.Kind == platform.Apache {
		identities["ChartsIdentity"] = accounts.Charts
	}
	for id, account := range identities {
		props.Cluster.Identify(scope, id, t.Namespace, account, role)
	}
}

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
func anyEMRPod(role string) string {
	return "emr-containers-sa-*-*-${AWS::AccountId}-" + kubernetes.Base36(role)
}
