package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/statemachines"
)

// EventPlaneName is the stack's name.
const EventPlaneName = "sluice-eventplane"

// EventPlaneProps is what is decided when the template is made; what a
// deployment decides is a parameter of the template.
type EventPlaneProps struct {
	// Binaries is the folder that holds <function>/bootstrap for every function.
	Binaries string
	// Private is set when the cluster's endpoint cannot be reached from outside its VPC.
	Private *constructs.Network
	// NoAccessEntries leaves letting the functions in to whoever owns the
	// cluster; the output ClusterRoleArns names their roles.
	NoAccessEntries bool
	// Attached is the platform that the stack belongs to; nil: parameters name the
	// cluster, and everything else that a deployment decides.
	Attached *Attached
	// ProbeShards is how many invocations share the applications that the probe looks at; 0 is 1.
	ProbeShards int
}

// NewEventPlane puts together everything between a jar dropped into a bucket
// and the Kubernetes API of a cluster, and returns where it keeps what it knows. An
// app may hold several under different ids.
func NewEventPlane(app awscdk.App, id string, props EventPlaneProps) constructs.Storage {
	stack := newStack(app, id, "turns events into safe changes of Apache Flink applications on Amazon EKS", props.Attached.environment(), props.Attached != nil)
	given := props.Attached.given()
	if props.Attached == nil {
		given = declare(stack)
	}
	subjects := constructs.Subjects{
		Storage:         constructs.NewStorage(stack, given.jarReader),
		Bus:             constructs.NewBus(stack),
		MachineArn:      constructs.MachineArn(stack, functions.Release),
		AlarmsArn:       constructs.AlarmsArn(stack),
		Escalations:     constructs.NewEscalations(stack),
		Data:            given.dataBucket,
		DataKey:         given.dataKey,
		MetricNamespace: constructs.MetricNamespace(),
		WorkspaceArn: stack.FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("aps"), Resource: jsii.String("workspace"), ResourceName: given.workspaceID,
		}),
	}
	for _, machine := range functions.Machines() {
		if machine != functions.Recover {
			subjects.OtherMachines = append(subjects.OtherMachines, constructs.MachineArn(stack, machine))
		}
		subjects.ExecutionArns = append(subjects.ExecutionArns, constructs.ExecutionArns(stack, machine)...)
	}
	made := newFunctions(stack, given, subjects, props)
	machines := newMachines(stack, given, made, props.Attached.partition())
	release := machines[functions.Release]
	undelivered := constructs.NewTrigger(stack,
		constructs.Rule{ID: "Rule", Description: "Sluice: a new jar or manifest starts a release", Pattern: events.NewArtifact(subjects.Artifacts.BucketName()), Machine: release},
		constructs.Rule{ID: "ChangeRule", Description: "Sluice: a change that somebody asks for starts a release", Pattern: events.ChangesRequested(), Bus: subjects.Bus, Machine: release},
		constructs.Rule{ID: "AlarmRule", Description: "Sluice: an alarm that goes off starts a remediation", Pattern: events.AlarmsRaised(), Machine: machines[functions.Remediate]},
		constructs.Rule{ID: "DiedRule", Description: "Sluice: what an execution that died has left is finished or undone", Pattern: events.ExecutionsDied(mortal(machines)...), Machine: machines[functions.Recover]},
	)
	constructs.LetMapItems(machines[functions.Rotate], functions.Rotate, subjects)
	constructs.NewSchedule(stack, constructs.Schedule{ID: "RotateSchedule", Description: "Sluice: savepoints that are due", Rate: "rate(15 minutes)", Machine: machines[functions.Rotate]}, undelivered)
	constructs.NewSchedule(stack, constructs.Schedule{ID: "RecoverSchedule", Description: "Sluice: what executions that died have left is looked for", Rate: "rate(5 minutes)", Machine: machines[functions.Recover]}, undelivered)
	constructs.NewProbe(stack, made[functions.Probe], props.ProbeShards, subjects.MetricNamespace)
	if !props.NoAccessEntries {
		letIn(stack, given, made)
	}

	output(stack, "ArtifactsBucketName", "Drop <namespace>/<application>/application.yaml and jars here", subjects.Artifacts.BucketName())
	output(stack, "LedgerBucketName", "What Sluice knows: documents, release records, revisions, pinned jars", subjects.Ledger.BucketName())
	output(stack, "KeyArn", "Who uploads to or reads from the buckets needs kms:GenerateDataKey or kms:Decrypt of this key", subjects.Key.KeyArn())
	output(stack, "ReleaseMachineArn", "The release state machine", release.StateMachineArn())
	output(stack, "EscalationsTopicArn", "Subscribe who is called when a job needs somebody", subjects.Escalations.TopicArn())
	output(stack, "RotateMachineArn", "The state machine that takes, proves and retires savepoints", machines[functions.Rotate].StateMachineArn())
	output(stack, "EventBusName", "The bus of Sluice's own events", subjects.Bus.EventBusName())
	output(stack, "UndeliveredQueueUrl", "Events that started no execution", undelivered.QueueUrl())
	output(stack, functions.PlaceholdersOutput, "What ${NAME} in a manifest is filled in with; for sluice validate and sluice render", placeholders(stack, given))
	output(stack, "ClusterRoleArns", "Roles of the functions that act in the cluster, as members of the Kubernetes group "+constructs.ReleasersGroup, rolesOf(constructs.ReleasersGroup, made))
	output(stack, "ObserverRoleArns", "Roles of the functions that only look, as members of the Kubernetes group "+constructs.ObserversGroup, rolesOf(constructs.ObserversGroup, made))
	return subjects.Storage
}

func newFunctions(stack awscdk.Stack, given parameters, subjects constructs.Subjects, props EventPlaneProps) map[string]awslambda.Function {
	shared := constructs.FunctionProps{
		Subjects:     subjects,
		Environment:  environment(stack, given, subjects),
		LogRetention: given.logRetention,
		Untraced:     props.Attached.partition() == platform.China,
	}
	made := map[string]awslambda.Function{}
	for _, f := range functions.Catalogue() {
		own := shared
		own.Code = binary(props.Binaries, f)
		if f.ReachesCluster() {
			own.Network = props.Private
		}
		made[f.Name] = constructs.NewFunction(stack, f, own)
	}
	return made
}

func newMachines(stack awscdk.Stack, given parameters, made map[string]awslambda.Function, partition string) map[functions.Machine]awsstepfunctions.StateMachine {
	machines, definitions := map[functions.Machine]awsstepfunctions.StateMachine{}, statemachines.DefinitionsFor(partition)
	for _, name := range functions.Machines() {
		tasks := map[string]awslambda.Function{}
		for _, f := range functions.Of(name) {
			tasks[f.Substitution()] = made[f.Name]
		}
		machines[name] = constructs.NewMachine(stack, name, constructs.MachineProps{
			Definition: definitions[name], Tasks: tasks, LogRetention: given.logRetention,
		})
	}
	return machines
}

// mortal are the machines whose executions leave something behind when they die:
// all but the one that recovers, which the next tick starts anew.
func mortal(machines map[functions.Machine]awsstepfunctions.StateMachine) []any {
	var arns []any
	for _, name := range functions.Machines() {
		if name != functions.Recover {
			arns = append(arns, machines[name].StateMachineArn())
		}
	}
	return arns
}

// letIn makes the access entries of the functions that reach the cluster.
func letIn(stack awscdk.Stack, given parameters, made map[string]awslambda.Function) {
	for _, f := range functions.Catalogue() {
		if f.ReachesCluster() {
			constructs.LetIn(stack, f, given.clusterName, made[f.Name].Role().RoleArn())
		}
	}
}

// rolesOf are the ARNs of the roles of a Kubernetes group, with commas between them.
func rolesOf(group string, made map[string]awslambda.Function) *string {
	var roles []*string
	for _, f := range constructs.Members(functions.Catalogue(), group) {
		roles = append(roles, made[f.Name].Role().RoleArn())
	}
	return awscdk.Fn_Join(jsii.String(","), &roles)
}

func output(stack awscdk.Stack, id, description string, value *string) {
	awscdk.NewCfnOutput(stack, jsii.String(id), &awscdk.CfnOutputProps{Description: jsii.String(description), Value: value})
}
