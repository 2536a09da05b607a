package template

import (
	"fmt"
	"strings"
)

// kind is a resource type that means something on one machine.
type kind struct {
	named    string                     // the property that holds the physical name
	generate func(Place, string) string // the name when there is none; arguments: place, logical id
	arn      func(Place, string) string // from the physical name
	ref      func(Place, string) string // what Ref yields; nil: the physical name
	attrs    []string                   // further names of the physical name in Fn::GetAtt
	read     []string                   // properties that are obeyed
	left     map[string]string          // properties that are not, and why that changes nothing here
}

const (
	asRoles = "there is one user; permissions are held by tests of infra"
	noLogs  = "what is written goes to the plane's log"
)

// kinds are the resource types that are understood.
var kinds = map[string]kind{
	"AWS::S3::Bucket": {
		named: "BucketName", generate: lowerName, arn: func(p Place, n string) string { return "arn:" + p.Partition + ":s3:::" + n },
		read: []string{"BucketName", "VersioningConfiguration", "NotificationConfiguration"},
		left: map[string]string{
			"BucketEncryption": "objects lie in the user's own directory", "PublicAccessBlockConfiguration": asRoles, "OwnershipControls": asRoles,
			"LifecycleConfiguration": "nothing expires on one machine", "LoggingConfiguration": noLogs, "Tags": "for bills", "AccessControl": asRoles,
		},
	},
	"AWS::Lambda::Function": {
		named: "FunctionName", generate: plainName, arn: arnOf("lambda", "function:"),
		read: []string{"FunctionName", "Environment", "Timeout", "Handler", "Runtime"},
		left: map[string]string{
			"Code": "handlers are run from this program or from a folder of bootstraps", "Architectures": "this machine's", "MemorySize": "memory is not limited here",
			"Role": asRoles, "Description": "for people", "LoggingConfig": noLogs, "TracingConfig": "nothing is traced here", "VpcConfig": "functions run on this machine's loopback",
			"Tags": "for bills", "KmsKeyArn": "as objects", "PackageType": "see Code", "EphemeralStorage": "the machine's own disk",
			"ReservedConcurrentExecutions": "every invocation has its own goroutine or process", "RecursiveLoop": "a guard of the service",
		},
	},
	"AWS::StepFunctions::StateMachine": {
		named: "StateMachineName", generate: plainName, arn: arnOf("states", "stateMachine:"), ref: arnOf("states", "stateMachine:"),
		read: []string{"StateMachineName", "DefinitionString", "DefinitionSubstitutions", "RoleArn", "StateMachineType"},
		left: map[string]string{"LoggingConfiguration": "histories are written to the plane's directory", "TracingConfiguration": "nothing is traced here", "Tags": "for bills", "EncryptionConfiguration": "as objects"},
	},
	"AWS::Events::Rule": {
		named: "Name", generate: plainName, arn: arnOf("events", "rule/"),
		read: []string{"Name", "EventBusName", "EventPattern", "State", "Targets"},
		left: map[string]string{"Description": "for people", "RoleArn": asRoles},
	},
	"AWS::Events::EventBus": {
		named: "Name", generate: plainName, arn: arnOf("events", "event-bus/"), attrs: []string{"Name"},
		read: []string{"Name"},
		left: map[string]string{"Description": "for people", "KmsKeyIdentifier": "as objects", "Policy": asRoles, "Tags": "for bills", "LogConfig": noLogs},
	},
	"AWS::SQS::Queue": {
		named: "QueueName", generate: plainName, arn: arnOf("sqs", ""), ref: queueURL, attrs: []string{"QueueName"},
		read: []string{"QueueName"},
		left: map[string]string{
			"MessageRetentionPeriod": "letters are kept until they are replayed or removed", "SqsManagedSseEnabled": "as objects", "KmsMasterKeyId": "as objects",
			"KmsDataKeyReusePeriodSeconds": "as objects", "VisibilityTimeout": "who receives says it", "Tags": "for bills",
		},
	},
	"AWS::SNS::Topic": {
		named: "TopicName", generate: plainName, arn: arnOf("sns", ""), ref: arnOf("sns", ""), attrs: []string{"TopicName"},
		read: []string{"TopicName"},
		left: map[string]string{"DisplayName": "for people", "KmsMasterKeyId": "as objects", "TracingConfig": "nothing is traced here", "Tags": "for bills"},
	},
	"AWS::CloudWatch::Alarm": {
		named: "AlarmName", generate: plainName, arn: arnOf("cloudwatch", "alarm:"),
		read: []string{"AlarmName", "AlarmDescription", "Namespace", "MetricName", "Dimensions", "Statistic", "Period", "Metrics", "EvaluationPeriods", "DatapointsToAlarm",
			"Threshold", "ComparisonOperator", "TreatMissingData", "Tags"},
	},
	"AWS::Scheduler::Schedule": {
		named: "Name", generate: plainName, arn: arnOf("scheduler", "schedule/default/"),
		read: []string{"Name", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "State", "Target"},
		left: map[string]string{"Description": "for people", "KmsKeyArn": "as objects"},
	},
}

func plainName(p Place, id string) string { return p.Stack + "-" + id }

func lowerName(p Place, id string) string { return strings.ToLower(plainName(p, id)) }

func queueURL(p Place, name string) string {
	return fmt.Sprintf("https://sqs.%s.amazonaws.com/%s/%s", p.Region, p.Account, name)
}

func arnOf(service, resource string) func(Place, string) string {
	return func(p Place, name string) string {
		return fmt.Sprintf("arn:%s:%s:%s:%s:%s%s", p.Partition, service, p.Region, p.Account, resource, name)
	}
}

// harmlessNamed says which property names a resource that is left out, so that
// what refers to it still gets a name of the right form.
var harmlessNamed = map[string]string{
	"AWS::IAM::Role": "RoleName", "AWS::Logs::LogGroup": "LogGroupName", "AWS::KMS::Alias": "AliasName",
}

// harmlessArns are the forms of ARNs of resources that are left out.
var harmlessArns = map[string]func(Place, string) string{
	"AWS::IAM::Role": func(p Place, n string) string {
		return fmt.Sprintf("arn:%s:iam::%s:role/%s", p.Partition, p.Account, n)
	},
	"AWS::KMS::Key":       arnOf("kms", "key/"),
	"AWS::Logs::LogGroup": arnOf("logs", "log-group:"),
}
