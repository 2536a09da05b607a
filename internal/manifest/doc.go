// Package manifest reads application.yaml: the user's own FlinkDeployment, as
// kubectl takes it, and below it an optional ReleasePolicy.
//
// It knows YAML, which fields of a FlinkDeployment Sluice owns or refuses, and
// the fields of a ReleasePolicy. It reports every fault at once, with line and
// column. It knows no cluster, no S3 and no clock, and it leaves to the
// Kubernetes API what the CRD of that cluster decides (unknown fields of the
// spec, EMR's extra ones among them, pass through unchanged).
//
// What comes out differs from the document in these ways only: the placeholders
// are filled in, a missing namespace is the prefix's, spec.job.jarURI is gone
// (the adapter of the target puts the pinned jar there), a savepointTriggerNonce
// of 0 is gone, and the values of spec.flinkConfiguration are strings, which
// every version of the CRD takes.
//
// Start with parse.go; deployment.go lists the checks of the first document,
// policy.go the fields of the second.
package manifest
