// Package demo tells the story of Sluice with real parts on this machine: a
// Flink job is released, upgraded with its state, and three bad jars are turned
// away or rolled back. It ends with a table and with a proof of continuity.
//
// It knows the sample job, the order of the story and what has to be seen for
// each release (expect.go, pure). It refuses to print an expectation as a fact:
// what it prints was read from the execution's history, the ledger, the
// operator, Flink, or the job's own output. Start with Run, then acts.go.
package demo
