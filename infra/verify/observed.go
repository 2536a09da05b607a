package verify

import "github.com/sluice-flink/sluice/infra/kubernetes"

// Observed is everything that was seen of a platform, at about one moment.
type Observed struct {
	Account string // of AWS, twelve digits
	// Unseen says of a part why it could not be looked at.
	Unseen map[Part]string

	Stacks      []Stack
	Nodes       []Node
	Releases    []Release
	Workloads   []Workload
	Definitions []Definition
	MetricsAPI  Condition   // of v1beta1.metrics.k8s.io; its name is empty where there is none
	Pools       []Condition // NodePool/<name> and EC2NodeClass/<name>
	// Objects are those of Guarding and Wanted that are there.
	Objects    []kubernetes.Object
	Identities []Identity
	Answers    map[Question]bool
	Switches   []Switch
	Queues     []Queue
	Buckets    []Bucket
}

// Stack is a stack of CloudFormation.
type Stack struct{ Name, Status, Reason string }

// Node is a node of the cluster.
type Node struct {
	Name, Group string // Group is the value of platform.NodeGroupLabel
	Ready       bool
}

// Release is what Helm has installed.
type Release struct{ Name, Namespace, Chart, Version, Status string }

// Workload is a Deployment, DaemonSet or StatefulSet.
type Workload struct {
	Kind, Namespace, Name string
	Wanted, Ready         int // pods
}

// Definition is a kind that the API server knows by a CustomResourceDefinition.
type Definition struct {
	Name        string // nodepools.karpenter.sh
	Served      []string
	Established bool
}

// Condition is whether something says that it is ready.
type Condition struct {
	Name    string
	Ready   bool
	Message string
}

// Identity is an association of EKS Pod Identity.
type Identity struct{ Namespace, Account string }

// Switch is something of the event plane that is on or off.
type Switch struct {
	Kind  string // rule, schedule, state machine
	Name  string
	State string // ENABLED, ACTIVE, or what else AWS says
}

// Queue is a dead-letter queue.
type Queue struct {
	URL      string
	Messages int
}

// Bucket is a bucket of the platform.
type Bucket struct {
	Name                   string
	Versioned, Unreachable bool // Unreachable: all public access is blocked
}
