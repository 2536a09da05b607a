// Package whereabouts is what a plane on this machine tells other commands:
// where its endpoints, buckets and cluster are, in one file, local.json.
//
// It knows the file and how to make clients from it. It starts nothing, and it
// refuses to know AWS proper: there the SDK's own configuration serves. The
// keys in the file are throw-away keys of a gateway on the loopback; the file is
// readable by its owner alone all the same. Start with whereabouts.go.
package whereabouts
