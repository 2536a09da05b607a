// Package charts is the one table of the Helm charts that the platform installs:
// where each is from, its version, where it goes, and which versions of
// Kubernetes it is for.
//
// It knows what was looked up, and where: a version changes here and nowhere
// else. It refuses to know values, which stand beside the construct that installs
// the chart, and the CDK. Start with table.go.
package charts
