// Package othercluster drives a local plane against a cluster that it did not
// start: what --kubeconfig is for. It stands apart from package e2e because a
// process can run one S3 gateway. Its test has the build tag e2e: make e2e.
package othercluster
