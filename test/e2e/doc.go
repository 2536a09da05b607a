// Package e2e drives a whole local installation, as a user's uploads would: the
// plane from the synthesized template, a real Kubernetes API, the real Flink
// operator and real Flink. Its tests have the build tag e2e: make e2e. What the
// demo tells as a story is not repeated here.
package e2e
