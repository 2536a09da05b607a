// Package e2e drives a whole local installation, as a user's uploads would: the
// plane from the synthesized template, a real Kubernetes API, the real Flink
// operator and real Flink. Its tests have the build tag e2e: make e2e. What the
// demo tells of releases is not repeated here; of its scenes about alarms and
// savepoints there is a short form. Start with lines_test.go.
package e2e
