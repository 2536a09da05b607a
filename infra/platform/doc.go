// Package platform reads the one file in which somebody says what platform they
// want: region, network, cluster, add-ons, teams.
//
// It knows the fields, their defaults and what cannot be: networks that overlap,
// a version nobody supports, two autoscalers on one group. It reports every fault
// at once, with its line and what to do. It refuses to know the CDK: what it
// returns is plain, so that it is tested without a synthesis, and whoever makes a
// stack never has to check again.
//
// Start with platform.go, the fields; check.go says what is held against what.
package platform
