// Package manifest reads application.yaml: the user's own FlinkDeployment, as
// kubectl takes it, and below it an optional ReleasePolicy; and the policies of
// the platform and of namespaces, which lie under those of the applications.
//
// It knows YAML, which fields of a FlinkDeployment Sluice owns or refuses, the
// fields of a policy, which layer wins, and what a team may use. It reports
// every fault at once, with line and column. It knows no cluster, no S3 and no
// clock. What a team may set is a list: a field that is on none is refused
// unless the namespace's policy allows it, and only below those fields it is
// left to the Kubernetes API what the CRD of that cluster takes.
//
// What comes out differs from the document in these ways only: the placeholders
// are filled in, a missing namespace is the prefix's, spec.job.jarURI is gone
// unless the jar is in the image (the adapter of the target puts the pinned jar
// there), a savepointTriggerNonce of 0 is gone, and the values of
// spec.flinkConfiguration are strings, which every version of the CRD takes.
//
// Fill is for what no release takes yet, and kubectl does: session clusters and
// their jobs. It fills the placeholders in and checks nothing else.
//
// Start with parse.go. The first document: deployment.go lists its checks,
// reach.go holds it against what a team may use, practice.go says what is done
// better, agreement.go holds it against the policy. The policies:
// policy_fields.go and allow.go are their fields, layer.go reads those below
// the applications', resolve.go lays one on another.
package manifest
