// Package stage plays releases in one process, for tests: the release machine
// itself with the real handlers, over a model of operator and Flink, a ledger
// and an artifact bucket in memory, and a clock of its own. Whatever goes in or
// comes out anywhere is remembered, so that a test can look through it.
//
// It knows nothing of what a test looks for. Any part can be replaced by
// another, or have one put before it: see Options. Start with New.
package stage
