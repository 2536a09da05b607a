package platform

// Ingress is how Flink's web pages are seen by a name, beside `sluice ui`: by one
// load balancer for all jobs that ask for it, which shows and changes nothing.
type Ingress struct {
	Kind IngressKind `yaml:"kind"`
	// Domain is what the names of pages end in: a job's is
	// <job>.<namespace>.<domain>.
	Domain string `yaml:"domain"`
	// Certificates are ARNs in ACM, of the platform's region; together they name
	// *.<namespace>.<domain> of each team. The first one is what who asks for no name gets.
	Certificates []string `yaml:"certificateArns"`
	// InboundCIDRs are the networks that may reach it, private ones.
	InboundCIDRs []string `yaml:"inboundCidrs"`
}

// IngressKind is which load balancer there is.
type IngressKind string

// NoIngress has no load balancer, and nothing that could make one. Internal has one
// with private addresses. There is none with public ones: a page tells whoever sees
// it how a job is configured and what it logs, and Flink knows no sign-in.
const (
	NoIngress IngressKind = "None"
	Internal  IngressKind = "Internal"
)

// On says whether there is a load balancer.
func (i Ingress) On() bool { return i.Kind == Internal }

// LoadBalancer is the name of the load balancer, which AWS allows 32 characters
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html).
func (p Platform) LoadBalancer() string { return "flink-" + p.Name }
