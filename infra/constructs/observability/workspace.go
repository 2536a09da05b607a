package observability

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsaps"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	own "github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/platform"
)

// Workspace is where metrics are kept: one of Amazon Managed Service for
// Prometheus.
type Workspace struct {
	ID *string // ws-…
	// URL is https://aps-workspaces.<region>…/workspaces/<id>, below which
	// Prometheus' API answers.
	URL *string
	arn *string
}

// newWorkspace makes it. Its metrics are removed with it: they say how things were,
// and nothing is restored from them. Its own log tells of rules that cannot be
// evaluated; there are none until somebody adds some
// (https://docs.aws.amazon.com/prometheus/latest/userguide/CW-logs.html).
func newWorkspace(scope constructs.Construct, p platform.Platform) *Workspace {
	key := awskms.NewKey(scope, jsii.String("MetricsKey"), &awskms.KeyProps{
		Description:       jsii.String("Sluice: metrics of " + p.Name),
		EnableKeyRotation: jsii.Bool(true),
		RemovalPolicy:     awscdk.RemovalPolicy_DESTROY,
	})
	log := own.NewLogGroup(scope, "WorkspaceLog", jsii.String("/aws/vendedlogs/prometheus/"+p.Name), jsii.Number(p.Observability.LogDays))
	made := awsaps.NewCfnWorkspace(scope, jsii.String("Workspace"), &awsaps.CfnWorkspaceProps{
		Alias:                  jsii.String(p.Name),
		KmsKeyArn:              key.KeyArn(),
		LoggingConfiguration:   &awsaps.CfnWorkspace_LoggingConfigurationProperty{LogGroupArn: log.LogGroupArn()},
		WorkspaceConfiguration: &awsaps.CfnWorkspace_WorkspaceConfigurationProperty{RetentionPeriodInDays: jsii.Number(p.Observability.MetricDays)},
	})
	// Not the attribute PrometheusEndpoint: it ends in a slash, which an API's URL does not.
	url := awscdk.Fn_Join(jsii.String(""), &[]*string{
		jsii.String("https://aps-workspaces." + p.Region + "."), awscdk.Aws_URL_SUFFIX(), jsii.String("/workspaces/"), made.AttrWorkspaceId(),
	})
	return &Workspace{ID: made.AttrWorkspaceId(), URL: url, arn: made.AttrArn()}
}

// readingRights are what Grafana's two data sources ask for. Of CloudWatch it reads
// what Sluice's probe and Step Functions say: reading takes no resource there
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html).
func readingRights(kept *Workspace) []awsiam.PolicyStatement {
	return []awsiam.PolicyStatement{
		own.Allow("ReadMetrics", []string{"aps:QueryMetrics", "aps:GetLabels", "aps:GetSeries", "aps:GetMetricMetadata"}, kept.arn),
		own.Allow("ReadCloudWatch", []string{"cloudwatch:GetMetricData", "cloudwatch:ListMetrics"}, jsii.String("*")),
	}
}
