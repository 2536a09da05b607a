package constructs

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/functions"
)

// MachineArn is the ARN that NewMachine's machine will have. It is made from
// names, so that functions can be told the machine and the machine the
// functions without a cycle.
func MachineArn(scope constructs.Construct, machine functions.Machine) *string {
	return awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{
		Service:      jsii.String("states"),
		Resource:     jsii.String("stateMachine"),
		ResourceName: named("", "-"+string(machine)),
		ArnFormat:    awscdk.ArnFormat_COLON_RESOURCE_NAME,
	})
}

// ExecutionArns are the ARNs of a machine's executions, and of those that a
// distributed Map of it starts for its items
// (https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html).
func ExecutionArns(scope constructs.Construct, machine functions.Machine) []*string {
	arn := func(suffix string) *string {
		return awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{
			Service:      jsii.String("states"),
			Resource:     jsii.String("execution"),
			ResourceName: named("", "-"+string(machine)+suffix),
			ArnFormat:    awscdk.ArnFormat_COLON_RESOURCE_NAME,
		})
	}
	return []*string{arn(":*"), arn("/*:*")}
}

// MachineProps is what a state machine is made of.
type MachineProps struct {
	Definition   []byte                        // Amazon States Language with ${...} placeholders
	Tasks        map[string]awslambda.Function // by placeholder
	LogRetention *float64                      // days; may be a token
}

// NewMachine makes a Standard state machine, its role, which may invoke
// exactly the functions of its Tasks, and its log. Every transition is logged
// (history is gone after 90 days, and a release has a few dozen), but no
// execution data: the documents are in the ledger, which has readers of its own.
func NewMachine(scope constructs.Construct, machine functions.Machine, props MachineProps) awsstepfunctions.StateMachine {
	id := machineID(machine)
	role := awsiam.NewRole(scope, jsii.String(id+"Role"), &awsiam.RoleProps{
		Description: jsii.String("Sluice: the state machine " + string(machine)),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("states.amazonaws.com"), nil),
	})
	substitutions, arns := substitutionsOf(props.Tasks)
	role.AddToPolicy(Allow("InvokeTasks", []string{"lambda:InvokeFunction"}, arns...))
	made := awsstepfunctions.NewStateMachine(scope, jsii.String(id), &awsstepfunctions.StateMachineProps{
		StateMachineName:        named("", "-"+string(machine)),
		StateMachineType:        awsstepfunctions.StateMachineType_STANDARD,
		DefinitionBody:          awsstepfunctions.DefinitionBody_FromString(jsii.String(string(props.Definition))),
		DefinitionSubstitutions: &substitutions,
		Role:                    role,
		TracingEnabled:          jsii.Bool(true),
		RemovalPolicy:           awscdk.RemovalPolicy_DESTROY,
		Logs: &awsstepfunctions.LogOptions{
			// The prefix keeps CloudWatch's resource policy from growing with every
			// machine (https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html).
			Destination:          NewLogGroup(scope, id+"Log", named("/aws/vendedlogs/states/", "-"+string(machine)), props.LogRetention),
			Level:                awsstepfunctions.LogLevel_ALL,
			IncludeExecutionData: jsii.Bool(false),
		},
	})
	justifyMachineRole(role)
	return made
}

// machineID begins the ids of what a machine is made of. The release machine was
// the first and had none of its own: another id would have it replaced, and the
// releases in flight with it.
func machineID(machine functions.Machine) string {
	if machine == functions.Release {
		return "Machine"
	}
	return strings.ToUpper(string(machine[:1])) + string(machine[1:]) + "Machine"
}

// substitutionsOf is what stands for each placeholder, and the same ARNs in the
// order of the placeholders' names.
func substitutionsOf(tasks map[string]awslambda.Function) (map[string]*string, []*string) {
	substitutions := map[string]*string{}
	var arns []*string
	for _, placeholder := range slices.Sorted(maps.Keys(tasks)) {
		arn := tasks[placeholder].FunctionArn()
		substitutions[placeholder] = arn
		arns = append(arns, arn)
	}
	return substitutions, arns
}
