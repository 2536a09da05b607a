// Package agree holds the model of operator and Flink (targettest.Model) against
// the real ones: scenarios in testdata are run on both, and what can be observed
// through the port flink.Target has to be the same, word for word.
//
// It knows how a scenario is written (steps.go), what of an observation has to
// agree (facts.go) and how the places of a run differ (place.go). It refuses to
// compare what two honest runs may differ in: times, numbers, identifiers, the
// wording of errors, and states that last for less than a look. Nor does it know
// the ledger, the state machine or Sluice's decisions: those are tested on the
// model because it is honest.
//
// The traces are written by real parts alone. The fast test runs all scenarios
// on the model, and again on models with one lie each, which have to be caught;
// with the build tag agree the same scenarios run on a cluster: make agree.
// Start with a file of testdata, then run.go.
package agree
