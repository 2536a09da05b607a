// Package bootstraps measures the functions as they are deployed: the zipped
// arm64 bootstrap, and how long the same program, built for this machine, takes
// from its start until it asks the Lambda Runtime API for its first invocation.
//
// It calls nothing in them. Start with measure.go; init.go is the Runtime API as
// far as it is needed for that.
package bootstraps
