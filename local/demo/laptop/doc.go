// Package laptop puts a whole installation of Sluice on this machine: what it
// needs is made, the AWS plane is started from the synthesized template, with
// the real handlers, and beside it a Kubernetes with the Flink operator.
//
// It knows which of these needs what of which other, and where each of them is
// found afterwards (package whereabouts). It knows no application and no
// release. Start with Start; door.go lets in events that AWS's own API refuses.
package laptop
