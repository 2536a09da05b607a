// Package examples holds examples/eks against the platform of infra/platform.yaml:
// what each is filled in with is what the platform's templates say, each is read as
// a release reads it, and its pods fit the platform's nodes, quota and scheduler.
//
// It knows the committed templates, which a test of infra holds equal to a fresh
// synthesis. It refuses to know a cluster: test/e2e/platform applies what is filled
// in here to a real Kubernetes API. Start with examples.go.
package examples
