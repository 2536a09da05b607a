// Package adapter runs the tests of internal/eks that no fake serves honestly,
// server-side apply, conflicts, preconditions and the policy that refuses late
// writes among them, against a real Kubernetes API with the operator's definitions
// and no operator: those of the version that runs on a laptop, and of the first
// one that has savepoints as resources.
//
// It refuses to know what those tests ask.
package adapter
