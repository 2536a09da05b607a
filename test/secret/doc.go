// Package secret holds the proof that a secret stays where it was put: secrets
// of every form are planted wherever one may stand (manifests, jars, events, the
// environment, what Flink, Kubernetes and S3 answer), releases succeed and fail
// in every way, and everything that came out anywhere is looked through.
//
// docs/security-of-text.md says what is taken out where, and what is kept on
// purpose: the revision in the ledger holds the manifest as it is.
package secret
