// Package stats says how sure a median is. Its intervals assume nothing of how
// the values are spread: they are those of the sign test, read off the sorted
// values, so that one measurement that a busy machine ruined moves them by one
// place at most.
//
// It knows numbers; what they measure it does not know. Start with Of.
package stats
