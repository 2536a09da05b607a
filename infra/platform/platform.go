package platform

// Platform is everything the file decides. A field that is absent has the
// default that New says.
type Platform struct {
	// Name begins the names of all stacks: <name>-network, <name>-cluster.
	Name   string `yaml:"name"`
	Region string `yaml:"region"` // required
	// Partition is the region's: aws, aws-cn. The file does not say it.
	Partition string `yaml:"-"`

	Network       Network       `yaml:"network"`
	Cluster       Cluster       `yaml:"cluster"`
	Data          Data          `yaml:"data"`
	FlinkOperator FlinkOperator `yaml:"flinkOperator"`
	EventPlane    EventPlane    `yaml:"eventPlane"`
	Observability Observability `yaml:"observability"`
	AddOns        AddOns        `yaml:"addOns"`
	Mirror        Mirror        `yaml:"mirror"`
	Ingress       Ingress       `yaml:"ingress"`
	// Teams are who runs jobs; a list in the file replaces the default one.
	Teams []Team `yaml:"teams"`
}

// Network is the VPC: one that is made, or one that exists.
type Network struct {
	// CIDR is what the VPC spans: /16 to /20, private addresses.
	CIDR string `yaml:"cidr"`
	// Zones are the availability zones, two or three of the region's; empty: its
	// first two, as AWS lists them to the account.
	Zones []string `yaml:"zones"`
	// NAT is how many gateways the private subnets have to the internet.
	NAT NAT `yaml:"natGateways"`
	// Endpoints are interface endpoints beyond those that are always made, by the
	// last part of the service's name, as "kms". Each costs by zone and hour.
	Endpoints []string `yaml:"endpoints"`
	// Existing is a VPC to use instead; with it nothing above may be set.
	Existing *ExistingNetwork `yaml:"existing"`
}

// NAT is how many NAT gateways there are.
type NAT string

// One costs least, and with its zone goes the way out of all; OnePerZone is for
// production.
const (
	One        NAT = "One"
	OnePerZone NAT = "OnePerZone"
)

// ExistingNetwork is a VPC that somebody else made. It needs a way from the
// private subnets to S3, STS, ECR and the cluster's images.
type ExistingNetwork struct {
	VPC            string   `yaml:"vpcId"`
	CIDR           string   `yaml:"cidr"`
	Zones          []string `yaml:"zones"`            // in the order of the subnets
	PrivateSubnets []string `yaml:"privateSubnetIds"` // one a zone
}

// Data is where jobs keep what outlives them.
type Data struct {
	LogDays int `yaml:"logDays"` // how long the logs of jobs are kept
}

// EventPlane is what the functions and machines are told.
type EventPlane struct {
	ProbeShards int `yaml:"probeShards"` // invocations that share the applications; 1 is enough for some hundred
}

// New is the platform of a file that says nothing but a region.
func New() Platform {
	return Platform{
		Name:          "sluice",
		Network:       Network{CIDR: "10.0.0.0/16", NAT: One},
		Cluster:       newCluster(),
		Data:          Data{LogDays: 90},
		FlinkOperator: FlinkOperator{Kind: EMR},
		EventPlane:    EventPlane{ProbeShards: 1},
		Observability: newObservability(),
		AddOns:        newAddOns(),
		Ingress:       Ingress{Kind: NoIngress},
		Teams:         newTeams(),
	}
}

// StackName is the name of a stack of this platform, as sluice-network.
func (p Platform) StackName(part string) string { return p.Name + "-" + part }

// ClusterName is the name of the EKS cluster.
func (p Platform) ClusterName() string {
	if p.Cluster.Existing != nil {
		return p.Cluster.Existing.Name
	}
	return p.Name
}

// JobRole is the name of the role that jobs of a namespace run under. It may be
// asked with a placeholder.
func (p Platform) JobRole(namespace string) string { return p.Name + "-job-" + namespace }

// Kubernetes is the minor version of the EKS cluster, as "1.35".
func (p Platform) Kubernetes() string {
	if p.Cluster.Existing != nil {
		return p.Cluster.Existing.Version
	}
	return p.Cluster.Version
}
