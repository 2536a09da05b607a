// Package operator installs the Flink operator, Amazon EMR's or Apache's, in a
// namespace of its own, with the namespaces it watches and the policy by which the
// API server refuses late writes.
//
// Settings that a release relies on are the same for both: rollback and the
// cleaning up of savepoints have one owner, and it is not the operator. Start with
// operator.go; values.go says what each chart is told.
package operator
