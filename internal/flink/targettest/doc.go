// Package targettest holds what every runtime has to do: Run is the conformance
// suite of the port flink.Target, and Model is a runtime in memory that passes
// it, for the tests and the simulation of whatever is built on the port.
//
// The Model behaves as the Flink Kubernetes Operator 1.7.0 with Flink 1.20 was
// seen to behave, its lies included: a job in a restart loop is called STABLE,
// a stateless upgrade ignores initialSavepointPath, an upgrade whose state
// cannot be had waits for ever without a word. Its jobs count records, so that
// a test can say whether state was kept, lost or processed twice.
//
// It knows no Kubernetes and no manifest beyond the jar's hash; Plant says how a
// jar behaves. It plays its world second by second up to a clock that the test
// owns. Start with model.go, then operator.go for what the operator does and
// job.go for what Flink does.
package targettest
