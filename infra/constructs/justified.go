package constructs

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// Findings of cdk-nag that are meant to be. Each names what exactly it covers,
// so that the next wildcard is a finding again; a test reads the report.
const (
	wildcards       = "AwsSolutions-IAM5"
	managedPolicies = "AwsSolutions-IAM4"
	oldRuntime      = "AwsSolutions-L1"
	queueWithoutDLQ = "AwsSolutions-SQS3"
)

// justifyFunctionRole covers keys below prefixes, which are not known before
// somebody drops them, and actions that take no resource: X-Ray's, EC2's, those
// of task tokens and of alarms; and the alarms of the account, whose names are users'.
func justifyFunctionRole(role constructs.IConstruct) {
	justify(role, wildcards, "The keys of artifacts, documents, records and pinned jars are not known beforehand; prefixes part who may touch which.",
		&cdknag.RegexAppliesTo{Regex: jsii.String(`/^Resource::<(Artifacts|Ledger)[0-9A-F]{8}\.Arn>\/(\*|[a-z]+\/\*)$/`)})
	justify(role, wildcards, "Where in their bucket jobs keep their savepoints stands in their manifests; removed is only what lies below a directory named savepoints.",
		&cdknag.RegexAppliesTo{Regex: jsii.String(`/^Resource::arn:<AWS::Partition>:s3:::<(DataBucketName|State[0-9A-F]{8})>\/(\*|savepoints\/\*|\*\/savepoints\/\*)$/`)})
	justify(role, wildcards, "Which alarms there are is the users' affair: their tags say whose they are, and those are read.",
		&cdknag.RegexAppliesTo{Regex: jsii.String(`/^Resource::arn:<AWS::Partition>:cloudwatch:(<AWS::Region>|[a-z0-9-]+):<AWS::AccountId>:alarm:\*$/`)})
	justify(role, wildcards, "The names of executions are not known beforehand; those of other machines are not covered.",
		&cdknag.RegexAppliesTo{Regex: jsii.String(`/^Resource::arn:<AWS::Partition>:states:(<AWS::Region>|[a-z0-9-]+):<AWS::AccountId>:execution:<AWS::StackName>-[a-z]+(\/\*)?:\*$/`)})
	justify(role, wildcards, "X-Ray's writing actions, EC2's for the network interfaces of a function in a VPC, and answering a task token take no resource, sending metrics but a namespace; composite alarms are described only to who may describe all, and of series no narrower right is documented.", "Resource::*")
}

func justifyMachineRole(role constructs.IConstruct) {
	justify(role, wildcards, "The actions that deliver a state machine's log, and X-Ray's, take no resource.", "Resource::*")
}

func justifyDeadLetterQueue(queue constructs.IConstruct) {
	justify(queue, queueWithoutDLQ, "It is the dead-letter queue of a rule's target, which cdk-nag does not look at.")
}

// JustifyManaged covers policies that AWS keeps.
func JustifyManaged(role constructs.IConstruct, reason string) {
	justify(role, managedPolicies, reason)
}

// JustifyWildcards covers the findings that a pattern of cdk-nag's matches, as
// /^Resource::arn:.*$/, and no other.
func JustifyWildcards(role constructs.IConstruct, reason, pattern string) {
	justify(role, wildcards, reason, &cdknag.RegexAppliesTo{Regex: jsii.String(pattern)})
}

// JustifyQueueWithoutDLQ covers a queue whose messages are worth nothing later.
func JustifyQueueWithoutDLQ(queue constructs.IConstruct, reason string) {
	justify(queue, queueWithoutDLQ, reason)
}

// JustifyProvider covers functions of the CDK's own.
func JustifyProvider(provider constructs.IConstruct, reason string) {
	for _, rule := range []string{managedPolicies, wildcards, oldRuntime} {
		justify(provider, rule, reason)
	}
}

// JustifyPrefixes covers what lies below a prefix of a bucket.
func JustifyPrefixes(role constructs.IConstruct, reason string) {
	JustifyWildcards(role, reason, `/^Resource::<[A-Za-z]+[0-9A-F]{8}\.Arn>\/[a-z0-9-]+\/\*$/`)
}

func justify(c constructs.IConstruct, rule, reason string, covers ...any) {
	suppression := &cdknag.NagPackSuppression{Id: jsii.String(rule), Reason: jsii.String(reason)}
	if len(covers) > 0 {
		suppression.AppliesTo = &covers
	}
	cdknag.NagSuppressions_AddResourceSuppressions(c, &[]*cdknag.NagPackSuppression{suppression}, jsii.Bool(true))
}
