// Package flink is the core: what a Flink application is, what can be seen of
// it, when it is healthy, which state a rollback restores, and the port that
// every runtime implements. Everything here is pure, except the methods of the
// port, which adapters implement elsewhere.
//
// It knows no Kubernetes, no AWS and no clock: what is decided follows from the
// arguments, `now` among them. Start with target.go for the words, health.go
// and rollback.go for the decisions.
package flink
