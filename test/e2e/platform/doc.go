// Package platform applies every Kubernetes object of the platform's stacks to a
// real Kubernetes API, as the stacks carry it, and tries there what teams, their
// jobs and Sluice's functions may do: what each needs is allowed, the rest is not.
// The examples of examples/eks are tried there, too.
package platform
