package functions

import (
	"slices"
	"time"
)

// Machine names a state machine: the file statemachines/<name>.asl.json.
type Machine string

// The machines.
const (
	Release   Machine = "release"   // every change of an application goes through it
	Remediate Machine = "remediate" // an alarm, until it is quiet or somebody was called
	Rotate    Machine = "rotate"    // savepoints on schedule: taken, proven, retired
	Recover   Machine = "recover"   // what dead executions left is finished or undone
)

// Grant is something a function may touch. infra turns each into the IAM
// statements it stands for; a function has no other permission.
type Grant string

// The closed set of grants.
const (
	ReadArtifacts Grant = "ReadArtifacts" // objects and versions of the artifact bucket
	ReadLedger    Grant = "ReadLedger"    // documents, records, revisions
	WriteLedger   Grant = "WriteLedger"   // the same, conditional writes
	PinJars       Grant = "PinJars"       // content-addressed copies of jars
	UseCluster    Grant = "UseCluster"    // sts:GetCallerIdentity as Kubernetes identity; RBAC decides there
	SeeCluster    Grant = "SeeCluster"    // the same, in a Kubernetes group that changes nothing
	SendEvents    Grant = "SendEvents"    // events:PutEvents on the plane's bus
	StartRelease  Grant = "StartRelease"  // states:StartExecution of the release machine
	EndWaits      Grant = "EndWaits"      // states:SendTaskSuccess to executions that sleep on a task token
	ReadAlarms    Grant = "ReadAlarms"    // cloudwatch:DescribeAlarms
	AskOfAlarms   Grant = "AskOfAlarms"   // an alarm's tags, and which of its series are raised
	CallSomebody  Grant = "CallSomebody"  // sns:Publish to the topic of escalations
	QueryMetrics  Grant = "QueryMetrics"  // aps:QueryMetrics of the workspace that the stack is told
	PutMetrics    Grant = "PutMetrics"    // cloudwatch:PutMetricData into the stack's namespace

	ReadSnapshots      Grant = "ReadSnapshots"      // listings and objects of the bucket that jobs keep their states in
	RemoveSnapshots    Grant = "RemoveSnapshots"    // objects of that bucket below a directory named savepoints
	StartMachines      Grant = "StartMachines"      // states:StartExecution of every machine but the one that recovers
	DescribeExecutions Grant = "DescribeExecutions" // states:DescribeExecution of this installation's machines
)

// Function describes one Lambda function.
type Function struct {
	Name    string        // folder below functions/, kebab-case
	State   string        // the state it serves; also the name of its Task in internal/task
	Machine Machine       // the machine that state is in; empty: a schedule calls it
	Memory  int           // MiB
	Timeout time.Duration // of one invocation; long polls end well before
	Grants  []Grant
}

// Substitution is the placeholder that stands for the function's ARN in its machine.
func (f Function) Substitution() string { return f.State + "FunctionArn" }

// ReachesCluster tells whether the function talks to the Kubernetes API, be it only to look.
func (f Function) ReachesCluster() bool {
	return slices.Contains(f.Grants, UseCluster) || slices.Contains(f.Grants, SeeCluster)
}

// Probe is the function that looks at all applications every minute.
const Probe = "probe"

// LongPoll is how long one invocation may wait for something outside before it
// returns "Wait" and is called again: long enough that a release of ten
// minutes stays under 40 transitions, short enough that a lease never expires.
const LongPoll = 2 * time.Minute

// LastWord is how long after its last renewal of the lease a function that acts
// on a cluster may still do so, whatever became of its execution: each renews
// when it begins, is ended by its timeout, and may have sent a write just before
// that. A test holds the catalogue to it.
const LastWord = LongPoll + time.Minute + RequestTimeout + 30*time.Second

// RequestTimeout is how long an API server works on a request at most
// (--request-timeout, https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/).
const RequestTimeout = time.Minute

// Machines lists the machines, in the order in which they are made.
func Machines() []Machine { return []Machine{Release, Remediate, Rotate, Recover} }

// Of lists the functions that serve the states of one machine.
func Of(machine Machine) []Function {
	return slices.DeleteFunc(Catalogue(), func(f Function) bool { return f.Machine != machine })
}

// Catalogue lists every function, machine by machine, in the order in which
// they are passed through.
func Catalogue() []Function {
	poll := LongPoll + time.Minute
	outbox := []Grant{SendEvents, StartRelease, EndWaits} // of who sends what an outbox holds
	return []Function{
		{Name: "admit", State: "Admit", Machine: Release, Memory: 256, Timeout: 30 * time.Second, Grants: slices.Concat([]Grant{ReadArtifacts, ReadLedger, WriteLedger}, outbox)},
		{Name: "prepare", State: "Prepare", Machine: Release, Memory: 1024, Timeout: 5 * time.Minute, Grants: []Grant{ReadArtifacts, ReadLedger, WriteLedger, PinJars, UseCluster, ReadAlarms, QueryMetrics}},
		{Name: "take-savepoint", State: "TakeSavepoint", Machine: Release, Memory: 256, Timeout: poll, Grants: []Grant{ReadLedger, WriteLedger, UseCluster}},
		{Name: "stop", State: "Stop", Machine: Release, Memory: 256, Timeout: poll, Grants: []Grant{ReadLedger, WriteLedger, UseCluster}},
		{Name: "apply", State: "Apply", Machine: Release, Memory: 256, Timeout: poll, Grants: []Grant{ReadLedger, WriteLedger, UseCluster}},
		{Name: "observe", State: "Observe", Machine: Release, Memory: 256, Timeout: poll, Grants: []Grant{ReadLedger, WriteLedger, UseCluster, ReadAlarms, QueryMetrics}},
		{Name: "promote", State: "Promote", Machine: Release, Memory: 256, Timeout: 30 * time.Second, Grants: []Grant{ReadLedger, WriteLedger}},
		{Name: "roll-back", State: "RollBack", Machine: Release, Memory: 256, Timeout: poll, Grants: []Grant{ReadLedger, WriteLedger, UseCluster}},
		{Name: "await-approval", State: "AwaitApproval", Machine: Release, Memory: 256, Timeout: time.Minute, Grants: slices.Concat([]Grant{ReadLedger, WriteLedger}, outbox)},
		{Name: "remove", State: "Remove", Machine: Release, Memory: 256, Timeout: poll, Grants: []Grant{ReadLedger, WriteLedger, UseCluster}},
		{Name: "settle", State: "Settle", Machine: Release, Memory: 256, Timeout: time.Minute, Grants: slices.Concat([]Grant{ReadLedger, WriteLedger}, outbox)},

		{Name: "diagnose", State: "Diagnose", Machine: Remediate, Memory: 512, Timeout: time.Minute, Grants: []Grant{ReadArtifacts, ReadLedger, WriteLedger, SeeCluster, ReadAlarms, AskOfAlarms}},
		{Name: "act", State: "Act", Machine: Remediate, Memory: 256, Timeout: time.Minute, Grants: slices.Concat([]Grant{ReadLedger, WriteLedger}, outbox)},
		{Name: "follow", State: "Follow", Machine: Remediate, Memory: 256, Timeout: poll, Grants: []Grant{ReadLedger, WriteLedger}},
		{Name: "escalate", State: "Escalate", Machine: Remediate, Memory: 256, Timeout: time.Minute, Grants: slices.Concat([]Grant{ReadLedger, WriteLedger, CallSomebody}, outbox)},

		{Name: "list-due", State: "ListDue", Machine: Rotate, Memory: 512, Timeout: 5 * time.Minute, Grants: []Grant{ReadArtifacts, ReadLedger, WriteLedger, DescribeExecutions}},
		{Name: "rotate-savepoint", State: "RotateSavepoint", Machine: Rotate, Memory: 256, Timeout: poll, Grants: []Grant{ReadArtifacts, ReadLedger, WriteLedger, UseCluster}},
		{Name: "verify-snapshot", State: "VerifySnapshot", Machine: Rotate, Memory: 512, Timeout: poll, Grants: []Grant{ReadLedger, WriteLedger, UseCluster, ReadSnapshots}},
		{Name: "retire", State: "Retire", Machine: Rotate, Memory: 256, Timeout: poll, Grants: []Grant{ReadLedger, WriteLedger, UseCluster, ReadSnapshots, RemoveSnapshots}},
		{Name: "settle-rotation", State: "SettleRotation", Machine: Rotate, Memory: 256, Timeout: time.Minute, Grants: slices.Concat([]Grant{ReadLedger, WriteLedger}, outbox)},

		{Name: "sweep", State: "Sweep", Machine: Recover, Memory: 512, Timeout: 5 * time.Minute, Grants: slices.Concat([]Grant{ReadLedger, WriteLedger, UseCluster, DescribeExecutions, StartMachines, CallSomebody}, outbox)},
		{Name: Probe, State: "Probe", Memory: 256, Timeout: time.Minute, Grants: []Grant{ReadArtifacts, ReadLedger, SeeCluster, PutMetrics}},
	}
}
