package platform

// Cluster is the EKS cluster: one that is made, or one that exists.
type Cluster struct {
	Version  string   `yaml:"version"`  // of Kubernetes, one of Versions
	Endpoint Endpoint `yaml:"endpoint"` // who reaches the API server
	// PublicCIDRs may reach a public endpoint; required with it.
	PublicCIDRs []string `yaml:"publicCidrs"`
	// ServiceCIDR is what Services have their addresses from; it overlaps no VPC.
	ServiceCIDR string `yaml:"serviceCidr"`
	// Architecture of the managed node groups: those of jobs may add others.
	Architecture Architecture `yaml:"architecture"`
	// Admins are ARNs of the roles whose people administer the cluster. Whoever
	// deploys is not one of them by that alone.
	Admins []string `yaml:"admins"`
	// NodeGroups are the managed ones: core for what the platform itself runs,
	// onDemand and spot for jobs.
	NodeGroups NodeGroups `yaml:"nodeGroups"`
	// Existing is a cluster to use instead; with it nothing above may be set.
	Existing *ExistingCluster `yaml:"existing"`
}

// Endpoint says from where the API server is reached.
type Endpoint string

// Private is from the VPC alone; Public is from PublicCIDRs as well.
const (
	Private Endpoint = "Private"
	Public  Endpoint = "Public"
)

// Architecture is that of processors.
type Architecture string

// The two architectures that Flink's images are made for.
const (
	ARM Architecture = "arm64"
	X86 Architecture = "x86_64"
)

// NodeGroups are the managed node groups.
type NodeGroups struct {
	Core     NodeGroup `yaml:"core"`
	OnDemand NodeGroup `yaml:"onDemand"`
	Spot     NodeGroup `yaml:"spot"`
}

// NodeGroup is one of them. A maximum of 0 leaves the group out.
type NodeGroup struct {
	InstanceTypes []string `yaml:"instanceTypes"` // empty: those of the architecture that Types says
	Min           int      `yaml:"min"`
	Max           int      `yaml:"max"`
	DiskGiB       int      `yaml:"diskGiB"`
}

// ExistingCluster is a cluster that somebody else made. Its authentication mode
// has to know access entries.
type ExistingCluster struct {
	Name                 string `yaml:"name"`
	Version              string `yaml:"version"` // of Kubernetes, as 1.35
	Endpoint             string `yaml:"endpoint"`
	CertificateAuthority string `yaml:"certificateAuthority"` // base64 of PEM
	SecurityGroup        string `yaml:"securityGroupId"`      // the cluster's own
	NodeRole             string `yaml:"nodeRoleArn"`          // what Karpenter's nodes run under
	Issuer               string `yaml:"oidcIssuer"`           // URL; an OIDC provider of IAM has to exist for it
}

// Versions of Kubernetes that EKS and every add-on of the table support
// (https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html,
// https://karpenter.sh/docs/upgrading/compatibility/).
var Versions = []string{"1.34", "1.35"}

func newCluster() Cluster {
	return Cluster{
		Version:      "1.35",
		Endpoint:     Private,
		ServiceCIDR:  "172.20.0.0/16",
		Architecture: ARM,
		NodeGroups: NodeGroups{
			Core:     NodeGroup{Min: 2, Max: 4, DiskGiB: 50},
			OnDemand: NodeGroup{Min: 0, Max: 20, DiskGiB: 50},
			Spot:     NodeGroup{Min: 0, Max: 20, DiskGiB: 50},
		},
	}
}

// Types are the instance types of a group: those it names, else some of the
// platform's architecture. Spot has several, since each is a market of its own.
func (c Cluster) Types(group NodeGroup, spot bool) []string {
	switch {
	case len(group.InstanceTypes) > 0:
		return group.InstanceTypes
	case c.Architecture == X86 && spot:
		return []string{"m6i.xlarge", "m6a.xlarge", "m5.xlarge", "m7i.xlarge"}
	case c.Architecture == X86:
		return []string{"m6i.xlarge"}
	case spot:
		return []string{"m7g.xlarge", "m6g.xlarge", "r7g.xlarge", "r6g.xlarge"}
	}
	return []string{"m7g.xlarge"}
}
