// Package continuity proves, without Sluice, that the sample job's output is
// whole: it reads the committed files of the job's sink on its own and checks
// that every number is there once and that both counts in its line are right.
//
// It knows the format of examples/java/counter, `<n> <keyed count> <operator
// count> <version>`, and which names Flink's FileSink gives to files that are not
// committed. It imports nothing of Sluice, so that a mistake there cannot hide
// itself here. Start with Read, which gathers, and Examine, which judges.
package continuity
