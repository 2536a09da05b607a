// Package resttest stands in for a JobManager in tests, two ways: Serve replays
// exchanges recorded from real Flink, and New is a JobManager to be programmed,
// with jobs, checkpoints, savepoints and the ways in which a proxy says no while
// the real one restarts.
//
// It knows the shapes of Flink 1.20 and 2.2. It runs nothing: a job does what
// the test says. Start with Serve or New.
package resttest
