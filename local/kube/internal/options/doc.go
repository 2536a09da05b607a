// Package options knows the command line of sluice-kube: it reads it and
// reports every fault in one sentence. It refuses to touch the machine.
// Start at Parse.
package options
