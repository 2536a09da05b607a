package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/functions"
)

// FunctionProps is what one function of the catalogue needs beside its entry.
type FunctionProps struct {
	Subjects     Subjects
	Environment  map[string]*string // see functions/environment.go
	Code         awslambda.Code     // a folder with a bootstrap for arm64
	LogRetention *float64           // days; may be a token
	Network      *Network           // nil: outside every VPC
	// Untraced leaves X-Ray out, which knows no functions in aws-cn
	// (https://docs.amazonaws.cn/en_us/aws/latest/userguide/lambda.html).
	Untraced bool
}

// NewFunction makes the function, its role and its log group. The role holds
// the function's grants, its log and its trace; no managed policy.
func NewFunction(scope constructs.Construct, f functions.Function, props FunctionProps) awslambda.Function {
	log := NewLogGroup(scope, f.State+"Log", named("/aws/lambda/", "-"+f.Name), props.LogRetention)
	role := awsiam.NewRole(scope, jsii.String(f.State+"Role"), &awsiam.RoleProps{
		Description: jsii.String("Sluice: the function " + f.Name),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
	})
	for _, statement := range props.Subjects.statements(f.Grants) {
		role.AddToPolicy(statement)
	}
	role.AddToPolicy(Allow("WriteLog", []string{"logs:CreateLogStream", "logs:PutLogEvents"}, log.LogGroupArn()))
	tracing := awslambda.Tracing_ACTIVE
	if props.Untraced {
		tracing = awslambda.Tracing_DISABLED
	}
	function := awslambda.NewFunction(scope, jsii.String(f.State+"Function"), &awslambda.FunctionProps{
		FunctionName:  named("", "-"+f.Name),
		Description:   jsii.String(descriptionOf(f)),
		Runtime:       awslambda.Runtime_PROVIDED_AL2023(),
		Architecture:  awslambda.Architecture_ARM_64(),
		Handler:       jsii.String("bootstrap"),
		Code:          props.Code,
		Environment:   &props.Environment,
		MemorySize:    jsii.Number(f.Memory),
		Timeout:       awscdk.Duration_Seconds(jsii.Number(f.Timeout.Seconds())),
		Role:          role,
		LogGroup:      log,
		LoggingFormat: awslambda.LoggingFormat_JSON,
		Tracing:       tracing,
	})
	if props.Network != nil {
		props.Network.attach(function, role)
	}
	justifyFunctionRole(role)
	return function
}

func descriptionOf(f functions.Function) string {
	if f.Machine == "" {
		return "Sluice: " + f.State + ", called by a schedule"
	}
	return "Sluice: state " + f.State + " of the machine " + string(f.Machine)
}

// NewLogGroup makes a log group that goes with the stack: what has to last is
// in the ledger. days may be a parameter, which the typed property cannot take.
func NewLogGroup(scope constructs.Construct, id string, name *string, days *float64) awslogs.LogGroup {
	group := awslogs.NewLogGroup(scope, jsii.String(id), &awslogs.LogGroupProps{
		LogGroupName:  name,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	group.Node().DefaultChild().(awslogs.CfnLogGroup).SetRetentionInDays(days)
	return group
}

// named puts the stack's name between prefix and suffix: for what others have
// to name before it exists, and for what people look for in the console.
func named(prefix, suffix string) *string {
	parts := []*string{awscdk.Aws_STACK_NAME(), jsii.String(suffix)}
	if prefix != "" {
		parts = append([]*string{jsii.String(prefix)}, parts...)
	}
	return awscdk.Fn_Join(jsii.String(""), &parts)
}
