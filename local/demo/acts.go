package demo

import "github.com/sluice-flink/sluice/internal/flink"

// after says what has to run when a release has ended.
type after string

const (
	newRuns      after = "new"       // the new revision
	untouched    after = "untouched" // the very job that ran before
	previousRuns after = "previous"  // the previous revision, in a new job
)

// act is one upload and what has to be seen of it.
type act struct {
	title   string  // in the table
	story   string  // what is about to be tried
	file    string  // of the sample jars
	part    float64 // share of the file that is uploaded; 0: all of it
	upload  string  // name it is uploaded under
	version string  // as the job writes it into its output
	outcome flink.Outcome
	reason  flink.Reason
	after   after
	first   bool // nothing ran before
}

// bad tells whether the version must not stay.
func (a act) bad() bool { return a.after != newRuns }

// acts is the story.
func acts() []act {
	return []act{
		{title: "v1", story: "The first version. It starts empty and counts 50 numbers a second.",
			file: "counter-v1.jar", upload: "counter-v1.jar", version: "v1",
			outcome: flink.Succeeded, reason: flink.Released, after: newRuns, first: true},
		{title: "v2", story: "A good upgrade: it has to go on exactly where v1 stopped.",
			file: "counter-v2.jar", upload: "counter-v2.jar", version: "v2",
			outcome: flink.Succeeded, reason: flink.Released, after: newRuns},
		{title: "half a jar", story: "Bad jar 1: an upload that broke off in the middle.",
			file: "counter-v2.jar", part: 0.5, upload: "counter-v3-half.jar",
			outcome: flink.FailedClean, reason: flink.JarInvalid, after: untouched},
		{title: "v3, unrestorable", story: "Bad jar 2: its state has another type under the old name, so no savepoint of v2 fits it.",
			file: "counter-v3-unrestorable.jar", upload: "counter-v3-unrestorable.jar", version: "v3",
			outcome: flink.FailedClean, reason: flink.RolledBack, after: previousRuns},
		{title: "v4, restart loop", story: "Bad jar 3: it starts well, fails after three seconds and restarts for ever, which the operator calls STABLE.",
			file: "counter-v4-restart-loop.jar", upload: "counter-v4-restart-loop.jar", version: "v4",
			outcome: flink.FailedClean, reason: flink.RolledBack, after: previousRuns},
	}
}
