package manifest

import "strings"

// Allow is what a team may use beyond its prefix. Every item is a pattern in
// which * stands for anything; what is on no list is refused with the field named.
type Allow struct {
	ServiceAccounts []string // that pods run under
	ExecutionRoles  []string // ARNs for EMR's executionRoleArn
	StateLocations  []string // URIs below which checkpoints, savepoints and the high-availability record go; empty: anywhere on S3
	Images          []string // of every container
	Secrets         []string // names of Secrets in the namespace
	SpecFields      []string // fields of the FlinkDeployment's spec that are refused otherwise
	PodFields       []string // fields of pod templates that are refused otherwise
	Configuration   []string // keys of Flink's configuration that are refused otherwise
}

// allowPath is where a layer's spec has them.
const allowPath = "allow"

// anything is the pattern that lets everything pass.
const anything = "*"

// defaultAllow holds where no layer says otherwise. The role is the one that
// the installation was made with.
func defaultAllow() Allow {
	return Allow{
		ServiceAccounts: []string{"flink"},
		ExecutionRoles:  []string{"${JOB_EXECUTION_ROLE_ARN}"},
		Images:          []string{anything},
		Secrets:         []string{anything},
	}
}

// allowFields is what stands below allow in the spec of a layer.
var allowFields = []policyField{
	{name: "serviceAccounts", about: "Service accounts that pods may run under.",
		leaf: textsLeaf(maxAllowed, func(s *settings) *[]string { return &s.allow.ServiceAccounts })},
	{name: "executionRoles", about: "ARNs that executionRoleArn may be.",
		leaf: textsLeaf(maxAllowed, func(s *settings) *[]string { return &s.allow.ExecutionRoles })},
	{name: "stateLocations", about: "URIs below which state may be kept; with none, anywhere on S3.",
		leaf: textsLeaf(maxAllowed, func(s *settings) *[]string { return &s.allow.StateLocations })},
	{name: "images", about: "Images that containers may be of.",
		leaf: textsLeaf(maxAllowed, func(s *settings) *[]string { return &s.allow.Images })},
	{name: "secrets", about: "Secrets of the namespace that may be mounted or read.",
		leaf: textsLeaf(maxAllowed, func(s *settings) *[]string { return &s.allow.Secrets })},
	{name: "specFields", about: "Fields of a FlinkDeployment's spec that are refused otherwise, as in ingress.",
		leaf: textsLeaf(maxAllowed, func(s *settings) *[]string { return &s.allow.SpecFields })},
	{name: "podFields", about: "Fields of pod templates that are refused otherwise, as in spec.priorityClassName or spec.volumes.csi.",
		leaf: textsLeaf(maxAllowed, func(s *settings) *[]string { return &s.allow.PodFields })},
	{name: "configuration", about: "Keys of Flink's configuration that are refused otherwise, as in security.kerberos.*.",
		leaf: textsLeaf(maxAllowed, func(s *settings) *[]string { return &s.allow.Configuration })},
}

// matchesAny tells whether a text is what one of the patterns lets pass.
func matchesAny(patterns []string, s string) bool {
	for _, p := range patterns {
		if matches(p, s) {
			return true
		}
	}
	return false
}

// matches reads a pattern in which * stands for any text, also none. It is asked
// a hundred times for a manifest, and so takes the text piece by piece.
func matches(pattern, s string) bool {
	begin, rest, open := strings.Cut(pattern, anything)
	if !open {
		return pattern == s
	}
	end := rest[strings.LastIndex(rest, anything)+1:]
	if len(s) < len(begin)+len(end) || !strings.HasPrefix(s, begin) || !strings.HasSuffix(s, end) {
		return false
	}
	s = s[len(begin) : len(s)-len(end)]
	for _, piece := range strings.Split(strings.TrimSuffix(rest, end), anything) {
		_, after, found := strings.Cut(s, piece)
		if !found {
			return false
		}
		s = after
	}
	return true
}
