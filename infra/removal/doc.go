// Package removal removes a platform in the order in which nothing is left behind:
// what only a controller can take away goes while that controller runs, then the
// stacks, each before what it depends on.
//
// It knows that order and what each step waits for. A step looks before it acts,
// so that the whole is run again after it died anywhere, and goes on from there; no
// wait is without an end. It refuses to remove what the stacks retain: what is left
// that costs something is listed, each with the command that removes it. Before a
// deployment it lets go what an earlier one failed to make (failed.go). Start with
// steps.go; what to do in a step is decided by pure functions beside it.
package removal
