// Package plane runs the control plane inside this process: etcd, the API
// server, the controllers, and a binder in place of the scheduler. It refuses
// to know pods' processes. It is the only package that imports the API server.
//
// It must run in a network namespace of its own: etcd and the API server use
// fixed ports there, so that two clusters on one machine do not meet.
//
// State in its folder outlives a restart, as on a machine that was rebooted.
//
// Start at Start.
package plane
