// Package figures is what was measured, as it is kept in test/bench/results, and
// what it shows: the tables of docs/benchmarks.md, with the goals beside them.
//
// It knows no cluster and measures nothing, so that the tables can be made again
// from the files alone. Start with changes.go for the measurements and goals.go
// for what is asked of them.
package figures
