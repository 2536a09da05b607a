// Package damage does to a savepoint what storage does to one: a file that is
// there, with its size, and is not what it was.
//
// It knows the files of a savepoint on S3, and which of them holds state. It
// knows nothing of who finds it out. Start with Flip.
package damage
