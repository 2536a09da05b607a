// Package container turns a Spec into a running process with a root of its
// own. It knows mounts and namespaces, and refuses to know Kubernetes.
//
// A container is this very program, started again under another name in new
// mount, PID, UTS and IPC namespaces: it builds the root, moves into it and
// becomes the container's command. That happens in this package's init, before
// the initialisation of the API server's packages, which would cost each
// container tens of milliseconds; hence the package imports little.
//
// Start at Start, then child.go.
package container
