package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

// NewApp makes an app that synthesizes the same templates on every machine: no
// usage metadata, feature flags set here instead of in cdk.json, where tests
// would not see them. outdir may be empty: then the CDK's command says where.
//
// The CDK checks what it synthesizes, which takes longer than all the rest;
// CDK_VALIDATION=false in the environment of the process switches that off.
func NewApp(outdir string) awscdk.App {
	props := &awscdk.AppProps{
		AnalyticsReporting: jsii.Bool(false),
		TreeMetadata:       jsii.Bool(false),
		Context: &map[string]any{
			"@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": true, // ACLs, the default, are off in our buckets
		},
	}
	if outdir != "" {
		props.Outdir = jsii.String(outdir)
	}
	return awscdk.NewApp(props)
}

// newStack makes a stack under its name. env nil: the template fits any account and region.
func newStack(app awscdk.App, name, about string, env *awscdk.Environment, protected bool) awscdk.Stack {
	return awscdk.NewStack(app, jsii.String(name), &awscdk.StackProps{
		StackName:   jsii.String(name),
		Description: jsii.String("Sluice: " + about),
		Env:         env,
		// CloudFormation then deletes it only when that was switched off before.
		TerminationProtection: jsii.Bool(protected),
		// The CDK's command checks the bootstrap version itself, before it deploys.
		Synthesizer: awscdk.NewDefaultStackSynthesizer(&awscdk.DefaultStackSynthesizerProps{GenerateBootstrapVersionRule: jsii.Bool(false)}),
	})
}
