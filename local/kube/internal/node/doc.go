// Package node runs the pods that are bound to it as processes of this
// machine. It knows the pod's life: what it needs, when its containers start,
// restart and stop, what its status says. It refuses to know the control
// plane, and leaves namespaces and mounts to packages network and container.
//
// A pod goes through run.live: refuse, network, volumes, init containers,
// containers. What is read (gather.go), what follows from it (support.go,
// environment.go, payload.go, status.go, restart.go: pure) and what is done are kept apart.
//
// Start at Start, then run.go.
package node
