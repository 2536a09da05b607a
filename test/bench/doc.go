// Command bench measures what Sluice costs and compares it with what the Flink
// operator does alone: make bench. It prints every figure beside its goal, keeps
// the raw measurements in test/bench/results and writes the tables of
// docs/benchmarks.md from them.
//
// It asserts nothing: a figure is looked at by people. Packages real, inprocess
// and bootstraps measure, figures computes and writes. Start with main.go, the
// order of the parts.
package main
