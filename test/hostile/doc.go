// Package hostile holds the tests that give the whole release machine what
// nobody should send it: events, manifests, jars and ledger documents made to
// harm, and an operator, a Flink and a Kubernetes that answer without bounds.
// Each ends in exactly one end state, is recorded, and stays small.
//
// What single readers make of such input is tested beside them, in fuzz_test.go
// and hostile_test.go of their packages.
package hostile
