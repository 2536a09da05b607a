// Package functions is the catalogue of Sluice's Lambda functions: their
// names, the state each one serves, what it needs and what it may touch, and
// the environment variables they read. infra builds functions from it, local
// runs them from it, boot reads the environment by its names; a folder beside
// this file holds each function's main.
//
// It knows no AWS SDK, no CDK and nothing of what the functions do: that is
// internal/task.
package functions
