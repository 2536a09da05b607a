// Package savepoint knows the files of a savepoint: which ones its _metadata
// refers to, whether they are there, whether they still have the content they
// had when it was taken, what else lies beside savepoints, and how one is
// removed so that a half removed one never looks whole.
//
// It reads Flink's _metadata in the formats that Flink 1.8 to 2.2 write
// (versions 2 to 6) and refuses others by name. It does not read state: what is
// in the files is Flink's and the job's own, and only restoring them proves
// more (see docs/snapshots.md). It does not know applications, retention or
// who may remove what: it is told a path and the directory it has to lie in.
//
// Start with Store in store.go; Read in read.go is the reader of _metadata,
// which is pure. Reading everything goes in slices: a Cursor and a Budget.
package savepoint
