package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Days that replaced versions, server access logs and files of plans are kept.
const (
	replacedVersionDays = 90
	accessLogDays       = 365
	planFileDays        = 7
)

// Storage is what the event plane keeps: what users drop, what Sluice knows,
// and the key both are encrypted with. All of it outlives the stack.
type Storage struct {
	Key       awskms.Key
	Artifacts awss3.Bucket // jars and manifests, as users drop them
	Ledger    awss3.Bucket // documents, records, revisions, pinned jars
}

// NewStorage makes the key, the two buckets and the bucket of their server
// access logs. jobRole is the ARN of the role Flink's pods run under: it may
// read the pinned jars and nothing else. nil: roles of their own say that.
func NewStorage(scope constructs.Construct, jobRole *string) Storage {
	key := NewKey(scope, "artifacts and ledger")
	logs := NewAccessLogs(scope)
	artifacts := NewBucket(scope, "Artifacts", key, logs, &awss3.LifecycleRule{
		// Files that were uploaded for a plan alone.
		Prefix:     jsii.String(events.PlanPrefix),
		Expiration: awscdk.Duration_Days(jsii.Number(planFileDays)),
	}, &awss3.LifecycleRule{
		// A release pins its jar by content, so a replaced upload is needed only
		// until the last change that was parked on it has been admitted.
		NoncurrentVersionExpiration: awscdk.Duration_Days(jsii.Number(replacedVersionDays)),
	})
	known := NewBucket(scope, "Ledger", key, logs, &awss3.LifecycleRule{
		// The document is rewritten at every step; records and revisions are written once.
		Prefix:                      jsii.String(ledger.DocumentPrefix),
		NoncurrentVersionExpiration: awscdk.Duration_Days(jsii.Number(replacedVersionDays)),
	})
	notifyEventBridge(artifacts)
	if jobRole != nil {
		letJobsReadPinnedJars(known, key, jobRole)
	}
	return Storage{Key: key, Artifacts: artifacts, Ledger: known}
}

// notifyEventBridge sets the bucket's own property. The CDK's
// EventBridgeEnabled would deploy a Python function that does the same by API.
func notifyEventBridge(bucket awss3.Bucket) {
	bucket.Node().DefaultChild().(awss3.CfnBucket).SetNotificationConfiguration(&awss3.CfnBucket_NotificationConfigurationProperty{
		EventBridgeConfiguration: &awss3.CfnBucket_EventBridgeConfigurationProperty{EventBridgeEnabled: jsii.Bool(true)},
	})
}

// letJobsReadPinnedJars grants on our side, because the role is the user's: in
// one account a resource policy is enough, and nobody has to edit the role.
func letJobsReadPinnedJars(bucket awss3.Bucket, key awskms.Key, jobRole *string) {
	job := awsiam.NewArnPrincipal(jobRole)
	bucket.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("JobsReadPinnedJars"),
		Principals: &[]awsiam.IPrincipal{job},
		Actions:    jsii.Strings("s3:GetObject"),
		Resources:  &[]*string{bucket.ArnForObjects(jsii.String(ledger.JarPrefix + "*"))},
	}))
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("JobsDecryptPinnedJars"),
		Principals: &[]awsiam.IPrincipal{job},
		Actions:    jsii.Strings("kms:Decrypt"),
		Resources:  jsii.Strings("*"), // in a key policy: this key
		Conditions: OnlyThroughS3(),
	}), nil)
}

// OnlyThroughS3 confines the use of a key to what S3 asks of it.
func OnlyThroughS3() *map[string]any {
	return &map[string]any{"StringEquals": map[string]any{
		"kms:ViaService": awscdk.Fn_Sub(jsii.String("s3.${AWS::Region}.${AWS::URLSuffix}"), nil),
	}}
}
