// Package lambda is AWS Lambda on one machine: it runs Go functions, either as
// handlers in this process or as the very bootstrap binaries that are deployed,
// through the Lambda Runtime API.
//
// It knows functions, their environment and timeouts, and how failures are
// reported to whoever invoked them. It does not know what the functions do, nor
// who invokes them. Start with New and Service.Invoke, then in_process.go and
// bootstrap.go, the two ways to run a function.
//
// What differs from AWS: memory is not limited; only synchronous invocation is
// here; a handler in this process that outlives its timeout is told so by its
// context and left behind, where Lambda would freeze or kill it (bootstraps are
// killed).
package lambda
