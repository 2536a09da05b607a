package released

import (
	"maps"
	"slices"
)

// Template is a CloudFormation template, as far as it is compared.
type Template struct {
	Resources map[string]Resource
}

// Resource is one of them.
type Resource struct {
	Type                string
	Properties          map[string]any
	DeletionPolicy      string
	UpdateReplacePolicy string
}

// Stack is what a release left of a stack, by logical id.
type Stack map[string]Left

// Left is one resource.
type Left struct {
	Type     string `json:"type"`
	Deletion string `json:"deletion,omitempty"` // what becomes of it when it leaves the template
	// Fixed are the properties that cannot be changed in place, by their path, as
	// ResourcesVpcConfig/SubnetIds; nil is one that is not set.
	Fixed map[string]any `json:"fixed,omitempty"`
}

// Spec is what CloudFormation says about a type.
type Spec struct {
	Stateful  bool     // it holds data
	Replacing []string // paths of the properties whose change replaces it; * is any item
}

// standing are types that hold no data in the sense of the specification, and
// would be missed all the same.
var standing = map[string]string{
	"AWS::EC2::VPC":                         "everything stands in it",
	"AWS::EC2::Subnet":                      "nodes and functions stand in it",
	"AWS::EC2::EIP":                         "others let its address in",
	"AWS::EKS::Cluster":                     "every job runs in it",
	"AWS::EKS::Nodegroup":                   "its pods go with it, and its name is taken until it is gone",
	"AWS::IAM::OIDCProvider":                "roles trust it, and there is one for an issuer",
	"AWS::SNS::Topic":                       "people are subscribed to it",
	"AWS::Events::EventBus":                 "others have rules on it",
	"AWS::APS::Workspace":                   "it holds the metrics",
	"AWS::StepFunctions::StateMachine":      "what runs in it ends",
	"Custom::AWSCDK-EKS-HelmChart":          "the new id installs the chart, then the old one uninstalls it",
	"Custom::AWSCDK-EKS-KubernetesResource": "what it applied is removed, a namespace with all that is in it",
}

// Record is what a release of this template leaves standing.
func Record(template Template, specs map[string]Spec) Stack {
	left := Stack{}
	for id, r := range template.Resources {
		if !missed(r, specs[r.Type]) {
			continue
		}
		fixed := map[string]any{}
		for _, path := range specs[r.Type].Replacing {
			fixed[path] = valueAt(r.Properties, path)
		}
		left[id] = Left{Type: r.Type, Deletion: r.DeletionPolicy, Fixed: fixed}
	}
	return left
}

// missed says whether somebody would miss the resource: also a role that has a
// name, from which EMR's operator derives those of service accounts.
func missed(r Resource, spec Spec) bool {
	_, stands := standing[r.Type]
	return spec.Stateful || stands || r.DeletionPolicy == "Retain" || r.Type == "AWS::IAM::Role" && r.Properties["RoleName"] != nil
}

// Types are those that templates use: Record needs their specifications.
func Types(templates ...Template) []string {
	seen := map[string]bool{}
	for _, t := range templates {
		for _, r := range t.Resources {
			seen[r.Type] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
