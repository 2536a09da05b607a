// Package constructs holds the pieces of the event plane, a file each: the
// buckets and their key, the functions with their roles, the release machine,
// the rule with its dead-letter queue, the access to the Kubernetes cluster.
//
// It knows the CDK, the contracts (events, functions, statemachines) and what
// a grant means in IAM: start with grants.go, the one table of it. It refuses
// to know what the functions do, and which stack a piece ends up in.
//
// A construct that is given something impossible panics with a sentence, as
// the CDK's own do: synthesis is the moment to stop.
package constructs
