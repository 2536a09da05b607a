// Package savepointtest makes savepoints for tests without Flink: a _metadata
// in format 4 (Flink 1.15 to 1.20) and the files it refers to. What a real
// Flink writes lies in internal/savepoint/testdata; a test there holds that the
// two are read alike. Start with Put.
package savepointtest
