// Package demo tells stories of Sluice with real parts on this machine
// (scenes.go): a Flink job is released, upgraded with its state, and three bad
// jars are turned away or rolled back; an alarm repairs a job; savepoints are
// taken, proven, retired and forked. Each ends with a proof of continuity.
//
// It knows the sample job, the order of each story and what has to be seen of it
// (expect.go, rotate_expect.go, pure). It refuses to print an expectation as a
// fact: what it prints was read from an execution's history, the ledger, the
// operator, Flink, the job's own output, or the sluice command. Start with Run,
// then acts.go.
package demo
