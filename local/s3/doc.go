// Package s3 is Amazon S3 on one machine: the Versity gateway, embedded, over a
// directory, with versioned buckets, conditional writes and the Object Created
// events that S3 sends to EventBridge.
//
// It knows the gateway, buckets and objects. It does not know who listens to
// the events, nor templates. Start with Start, then backend.go: what is put
// around the gateway's own backend, and why.
//
// What differs from Amazon S3, so that nobody is surprised:
//   - there is one user, who may do everything; bucket policies are not set;
//   - nothing is encrypted and nothing expires;
//   - of the events only Object Created is sent;
//   - while an object is being written, readers of the same key wait.
//
// The gateway can run once per process, and it changes the process's working
// directory to its own data: use absolute paths after Start.
package s3
