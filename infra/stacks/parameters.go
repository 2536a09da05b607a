package stacks

import (
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/infra/platform"
)

// parameters is what a deployment has to be told: the cluster it is attached
// to and the names that manifests are filled in with.
type parameters struct {
	clusterName, clusterEndpoint, clusterCA *string
	operator                                *string
	dataBucket, jobRole                     *string
	logsBucket, logGroup                    *string // where the logs of jobs go; nil: nobody said
	scheduler                               *string // of the jobs' pods
	dockerHub                               *string // or what stands for it; nil: nobody said
	webDomain                               *string // what the names of web pages end in; nil: none are served
	dataKey                                 *string // of dataBucket; nil: its owner grants its use
	jarReader                               *string // the role that the buckets let read pinned jars; nil: roles say it themselves
	prometheus, workspaceID                 *string
	logRetention                            *float64 // days
}

func declare(stack awscdk.Stack) parameters {
	given := parameters{
		clusterName: text(stack, "ClusterName", awscdk.CfnParameterProps{
			Description:           jsii.String("Name of the EKS cluster"),
			AllowedPattern:        jsii.String(platform.ClusterNameForm),
			ConstraintDescription: jsii.String("the cluster's name, as `aws eks list-clusters` says it"),
		}),
		clusterEndpoint: text(stack, "ClusterEndpoint", awscdk.CfnParameterProps{
			Description:           jsii.String("URL of the cluster's API server"),
			AllowedPattern:        jsii.String(platform.EndpointForm),
			ConstraintDescription: jsii.String("https://..., as `aws eks describe-cluster --query cluster.endpoint` says it"),
		}),
		clusterCA: text(stack, "ClusterCertificateAuthority", awscdk.CfnParameterProps{
			Description:           jsii.String("Certificate authority of the API server, base64 of PEM"),
			AllowedPattern:        jsii.String(platform.AuthorityForm),
			ConstraintDescription: jsii.String("base64, as `aws eks describe-cluster --query cluster.certificateAuthority.data` says it"),
		}),
		operator: text(stack, "Operator", awscdk.CfnParameterProps{
			Description:   jsii.String("Which Flink operator the cluster runs: emr (Amazon EMR on EKS) or apache"),
			Default:       "emr",
			AllowedValues: jsii.Strings("emr", "apache"),
		}),
		dataBucket: text(stack, "DataBucketName", awscdk.CfnParameterProps{
			Description:           jsii.String("Bucket where jobs keep checkpoints and savepoints; ${DATA_BUCKET} in a manifest"),
			AllowedPattern:        jsii.String(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`),
			ConstraintDescription: jsii.String("the name of a bucket, without s3://"),
		}),
		jobRole: text(stack, "JobExecutionRoleArn", awscdk.CfnParameterProps{
			Description:           jsii.String("Role Flink's pods run under, of this account; it may read pinned jars; ${JOB_EXECUTION_ROLE_ARN} in a manifest"),
			AllowedPattern:        jsii.String(platform.RoleForm),
			ConstraintDescription: jsii.String("the ARN of a role"),
		}),
		prometheus: text(stack, "PrometheusEndpoint", awscdk.CfnParameterProps{
			Description:           jsii.String("URL of a Prometheus API for the queries of release policies; a workspace's is https://aps-workspaces.<region>.amazonaws.com/workspaces/<id>; empty: no queries"),
			Default:               "",
			AllowedPattern:        jsii.String(`^(https?://[^\s?#]+)?$`),
			ConstraintDescription: jsii.String("the URL below which /api/v1/query answers, or nothing"),
		}),
		workspaceID: text(stack, "PrometheusWorkspaceId", awscdk.CfnParameterProps{
			Description:           jsii.String("Workspace of Amazon Managed Service for Prometheus that functions may query; none: the endpoint is nobody of AWS's"),
			Default:               "none",
			AllowedPattern:        jsii.String(`^(none|ws-[0-9a-f-]+)$`),
			ConstraintDescription: jsii.String("ws-..., as `aws amp list-workspaces` says it, or none"),
		}),
		logRetention: number(stack, "LogRetentionDays", awscdk.CfnParameterProps{
			Description:   jsii.String("Days that logs of functions and state machines are kept"),
			Default:       "90", // text, like the values it is one of
			AllowedValues: jsii.Strings(retentions()...),
		}),
	}
	given.jarReader = given.jobRole
	given.scheduler = jsii.String(platform.UsualScheduler)
	return given
}

func retentions() []string {
	var all []string
	for _, days := range platform.Retentions {
		all = append(all, strconv.Itoa(days))
	}
	return all
}

func text(stack awscdk.Stack, id string, props awscdk.CfnParameterProps) *string {
	props.Type = jsii.String("String")
	return awscdk.NewCfnParameter(stack, jsii.String(id), &props).ValueAsString()
}

func number(stack awscdk.Stack, id string, props awscdk.CfnParameterProps) *float64 {
	props.Type = jsii.String("Number")
	return awscdk.NewCfnParameter(stack, jsii.String(id), &props).ValueAsNumber()
}
