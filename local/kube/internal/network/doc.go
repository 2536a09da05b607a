// Package network knows the node's network: addresses, a network namespace for
// each pod, the userspace proxy behind cluster IPs, DNS, and the relays that
// lead out to the host. It refuses to know containers and the pod's life.
//
// Everything happens inside the network namespace of the node, which has no
// way out of its own: only the relays (egress.go) cross to the host, through unix sockets.
//
// Start at SetUp; then Services, which follows the API server.
package network
