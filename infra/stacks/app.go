package stacks

import (
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

// NewApp makes an app that synthesizes the same templates on every machine: no
// usage metadata, feature flags set here instead of in cdk.json, where tests
// would not see them. outdir may be empty: then the CDK's command says where.
//
// The CDK's own template validator is switched off, since it takes ten times
// as long as all the rest of a synthesis; a test runs cfn-lint instead.
func NewApp(outdir string) (awscdk.App, error) {
	if err := os.Setenv("CDK_VALIDATION", "false"); err != nil {
		return nil, err
	}
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
	return awscdk.NewApp(props), nil
}
