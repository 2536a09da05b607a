// Package addons installs what the cluster needs beside what EKS keeps: metrics,
// certificates, those who add nodes, and the scheduler with a queue for each team.
//
// Each add-on has a file: its values, a pure function of the platform, its role
// with exactly the statements its makers document, and the construct that puts
// both together. Which charts there are, and which version, package charts says.
// What is needed is installed first, by dependencies of the constructs, and so
// removed last.
//
// It refuses to know the charts' templates. Start with addons.go.
package addons
