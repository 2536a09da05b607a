// Package inprocess runs a release in one process: the real state machine and
// the real handlers over a model of operator and Flink, with ledger and artifacts
// in memory and a clock that nobody waits for. What Step Functions and Lambda
// would bill is counted on the way.
//
// It knows no prices. Start with measure.go; world.go is what is around the machine.
package inprocess
