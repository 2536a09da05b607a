// Package cluster gives the local plane a Kubernetes with the Apache Flink
// Kubernetes Operator: it starts sluice-kube as a child process and installs
// what a platform team would have installed, the operator, its CRDs, the fence
// of infra/kubernetes, and a namespace for a data team.
//
// It knows manifests and processes; it does not know Sluice's releases. Start
// with cluster.go; what is installed stands in manifests/.
package cluster
