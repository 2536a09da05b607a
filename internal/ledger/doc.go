// Package ledger keeps what is known: one document an application, changed by
// compare-and-swap only; a record a release; a revision by its content hash.
//
// Store is the port; S3 (objects with conditional writes) and Memory implement
// it, and ledgertest holds both. The package knows who holds the lease and what
// a fence is; it does not know why anything is decided. Start with document.go,
// then schema.go: what an older or newer version's document means to this one.
package ledger
