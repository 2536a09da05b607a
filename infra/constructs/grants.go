package constructs

import (
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Subjects is what grants are about.
type Subjects struct {
	Storage
	Bus             awsevents.IEventBus
	MachineArn      *string
	Data            *string // name of the bucket that jobs keep their states in
	DataKey         *string // ARN of that bucket's key; nil: its owner grants its use
	AlarmsArn       *string // of every alarm of the account and region: users' have names of their own
	Escalations     awssns.ITopic
	MetricNamespace *string   // of CloudWatch: what the probe says goes there
	WorkspaceArn    *string   // of Amazon Managed Service for Prometheus; an ARN of no workspace where there is none
	OtherMachines   []*string // ARNs of all but the one that recovers
	ExecutionArns   []*string // of every machine's executions, those of a Map's items included
}

// meaning is what one grant stands for: statements of IAM, and what the key of
// both buckets has to allow for them.
type meaning struct {
	statements []awsiam.PolicyStatement
	key        []string
}

// meaningOf is the table of all grants, with ofServices. Nothing in it deletes
// but savepoints, nothing lists more than bucket listings, and no other code adds
// to a function's rights but for its own log, its trace and, where it has to be,
// its network interface.
//
// s3:ListBucket carries no condition on the prefix: without it S3 answers 403
// instead of 404 for an object that is not there, and a condition on s3:prefix
// is never met by a GetObject
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html).
func (s Subjects) meaningOf(grant functions.Grant) meaning {
	switch grant {
	case functions.ReadArtifacts:
		return meaning{key: []string{"kms:Decrypt"}, statements: []awsiam.PolicyStatement{
			Allow("ReadArtifacts", []string{"s3:GetObject", "s3:GetObjectVersion"}, s.Artifacts.ArnForObjects(jsii.String("*"))),
			Allow("ListArtifacts", []string{"s3:ListBucket", "s3:ListBucketVersions"}, s.Artifacts.BucketArn()),
		}}
	case functions.ReadLedger:
		return meaning{key: []string{"kms:Decrypt"}, statements: []awsiam.PolicyStatement{
			Allow("ReadLedger", []string{"s3:GetObject"}, below(s.Ledger, ledger.DocumentPrefix, ledger.RecordPrefix, ledger.RevisionPrefix, ledger.RotationPrefix, ledger.SnapshotPrefix, ledger.IncidentPrefix)...),
			Allow("ListLedger", []string{"s3:ListBucket"}, s.Ledger.BucketArn()),
		}}
	case functions.WriteLedger:
		return meaning{key: []string{"kms:GenerateDataKey"}, statements: []awsiam.PolicyStatement{
			Allow("WriteLedger", []string{"s3:PutObject"}, below(s.Ledger, ledger.DocumentPrefix, ledger.RecordPrefix, ledger.RevisionPrefix, ledger.RotationPrefix, ledger.SnapshotPrefix, ledger.IncidentPrefix)...),
		}}
	case functions.PinJars:
		return meaning{key: []string{"kms:GenerateDataKey"}, statements: []awsiam.PolicyStatement{
			Allow("PinJars", []string{"s3:PutObject"}, below(s.Ledger, ledger.JarPrefix)...),
		}}
	case functions.ReadSnapshots:
		// Where in the bucket a job keeps its savepoints is written in its manifest, and they may refer to
		// each other's files. It may be encrypted with a key of its owner's, who grants its use.
		read := meaning{statements: []awsiam.PolicyStatement{
			Allow("ReadSnapshots", []string{"s3:GetObject"}, s.states("/*")),
			Allow("ListSnapshots", []string{"s3:ListBucket"}, s.states("")),
		}}
		if s.DataKey != nil {
			decrypt := Allow("DecryptSnapshots", []string{"kms:Decrypt"}, s.DataKey)
			decrypt.AddConditions(OnlyThroughS3())
			read.statements = append(read.statements, decrypt)
		}
		return read
	case functions.RemoveSnapshots:
		// Below a directory named savepoints, and nowhere else: checkpoints are Flink's.
		return meaning{statements: []awsiam.PolicyStatement{
			Allow("RemoveSnapshots", []string{"s3:DeleteObject"}, s.states("/"+flink.RemovableBelow+"/*"), s.states("/*/"+flink.RemovableBelow+"/*")),
		}}
	}
	return s.ofServices(grant)
}

// ofServices are the grants that are about no bucket.
func (s Subjects) ofServices(grant functions.Grant) meaning {
	switch grant {
	case functions.UseCluster, functions.SeeCluster:
		// A token is a presigned sts:GetCallerIdentity, which needs no permission;
		// what it may do is the access entry's and RBAC's business.
		return meaning{}
	case functions.SendEvents:
		// What functions say and nothing else: who may put any event on this bus may ask for changes.
		say := Allow("SendEvents", []string{"events:PutEvents"}, s.Bus.EventBusArn())
		say.AddConditions(&map[string]any{"StringEquals": map[string]any{
			"events:source": events.Source, "events:detail-type": []string{events.ReleaseEndedType, events.ApprovalAskedType},
		}})
		return meaning{statements: []awsiam.PolicyStatement{say}}
	case functions.StartRelease:
		return meaning{statements: []awsiam.PolicyStatement{
			Allow("StartRelease", []string{"states:StartExecution"}, s.MachineArn),
		}}
	case functions.EndWaits:
		// The task token, which cannot be guessed, is what names the task: the action takes no resource
		// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html).
		return meaning{statements: []awsiam.PolicyStatement{
			Allow("EndWaits", []string{"states:SendTaskSuccess"}, jsii.String("*")),
		}}
	case functions.StartMachines:
		return meaning{statements: []awsiam.PolicyStatement{
			Allow("StartMachines", []string{"states:StartExecution"}, s.OtherMachines...),
		}}
	case functions.DescribeExecutions:
		return meaning{statements: []awsiam.PolicyStatement{
			Allow("DescribeExecutions", []string{"states:DescribeExecution"}, s.ExecutionArns...),
		}}
	case functions.ReadAlarms:
		// Composite alarms are described only to who may describe all
		// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html).
		return meaning{statements: []awsiam.PolicyStatement{
			Allow("ReadAlarms", []string{"cloudwatch:DescribeAlarms"}, jsii.String("*")),
		}}
	case functions.AskOfAlarms:
		// Whether the former can be held to some alarms is not documented: it may be asked of all, as DescribeAlarms
		// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html).
		return meaning{statements: []awsiam.PolicyStatement{
			Allow("AskOfSeries", []string{"cloudwatch:DescribeAlarmContributors"}, jsii.String("*")),
			Allow("AskOfAlarms", []string{"cloudwatch:ListTagsForResource"}, s.AlarmsArn),
		}}
	case functions.CallSomebody:
		return meaning{statements: []awsiam.PolicyStatement{
			Allow("CallSomebody", []string{"sns:Publish"}, s.Escalations.TopicArn()),
		}}
	case functions.PutMetrics:
		// The action takes no resource; the namespace is what can be held
		// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html).
		put := Allow("PutMetrics", []string{"cloudwatch:PutMetricData"}, jsii.String("*"))
		put.AddConditions(&map[string]any{"StringEquals": map[string]any{"cloudwatch:namespace": s.MetricNamespace}})
		return meaning{statements: []awsiam.PolicyStatement{put}}
	case functions.QueryMetrics:
		return meaning{statements: []awsiam.PolicyStatement{
			Allow("QueryMetrics", []string{"aps:QueryMetrics"}, s.WorkspaceArn),
		}}
	}
	panic(fmt.Sprintf("the grant %q means nothing to IAM yet: add it to Subjects.meaningOf", grant))
}

// statements puts together what a function's grants mean.
func (s Subjects) statements(grants []functions.Grant) []awsiam.PolicyStatement {
	var all []awsiam.PolicyStatement
	var key []string
	for _, grant := range grants {
		m := s.meaningOf(grant)
		all = append(all, m.statements...)
		key = append(key, m.key...)
	}
	if len(key) == 0 {
		return all
	}
	slices.Sort(key)
	use := Allow("UseKey", slices.Compact(key), s.Key.KeyArn())
	use.AddConditions(OnlyThroughS3())
	return append(all, use)
}

// states is the ARN of something in the bucket that jobs keep their states in.
func (s Subjects) states(what string) *string {
	return awscdk.Fn_Join(jsii.String(""), &[]*string{jsii.String("arn:"), awscdk.Aws_PARTITION(), jsii.String(":s3:::"), s.Data, jsii.String(what)})
}

// Allow is a statement of an identity's policy.
func Allow(sid string, actions []string, resources ...*string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:       jsii.String(sid),
		Actions:   jsii.Strings(actions...),
		Resources: &resources,
	})
}

func below(bucket awss3.IBucket, prefixes ...string) []*string {
	var arns []*string
	for _, prefix := range prefixes {
		arns = append(arns, bucket.ArnForObjects(jsii.String(prefix+"*")))
	}
	return arns
}
