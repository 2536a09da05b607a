// Package cluster holds the test that starts real clusters with the built
// program, as root also as another user. It knows the command line and the
// Kubernetes API only. It needs the build tag "cluster", the program's path in
// SLUICE_KUBE, python3 in /usr/bin, and the right to make namespaces: run "make cluster-test".
package cluster
