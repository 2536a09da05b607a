package platform

// Ingress is how Flink's web pages are seen by a name, beside `sluice ui`: by one
// load balancer for all jobs that ask for it, which shows and changes nothing.
//
// The operator makes a job's Ingress, and asks the API server's version first. What
// Apache's up to 1.12 ask with cannot read the answer of Kubernetes 1.33 and newer
// (https://github.com/fabric8io/kubernetes-client/issues/7037), in the middle of a
// deployment. Of which release EMR's is made is published up to EMR 7.9, which is of 1.10
// (https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/emr-eks-7.9.0-flink-latest.html).
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
