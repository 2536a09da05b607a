// Command sluice is what people type: look at releases, ask for changes and
// approve them, check an application before it is uploaded, close a circuit, and
// run everything on this machine.
//
// It knows how to ask and how to say; every decision is made elsewhere: what a
// release does in internal/task, what is healthy in internal/flink, what a
// manifest may hold in internal/manifest. A command is a file; what it prints is
// made by pure functions (render_*.go) from what it read. Start with root.go.
//
// A change is asked for by an event on the installation's own bus (change.go) and
// told from the record that the release leaves (await.go).
//
// Exit codes: 0 it went well, 1 it did not and nothing is broken, 2 the command
// line was wrong, 3 a release ended FailedDirty, 130 it was interrupted.
package main
