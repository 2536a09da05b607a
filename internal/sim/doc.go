// Package sim runs releases by the thousand in a world that goes wrong: the
// embedded release machine, the real tasks and the real ledger over a model of
// operator and Flink, a bus that duplicates, delays and reorders, people who
// interfere, and functions that die between any two calls.
//
// Everything follows from one seed. A Schedule says what is uploaded when and
// what goes wrong; a timeline lets one strand run at a time and hands on at each
// call to the outside, so that a run is the same every time. The rules of
// rules.go, ending.go and final.go are asked after every step and at the end; a violation
// is shrunk to the shortest schedule that still shows it.
//
// What is known not to hold yet stands in gaps.go, by name.
//
// The package knows what must always hold and nothing of how it is brought
// about. Start with Run (run.go), then schedule.go for what can go wrong.
package sim
