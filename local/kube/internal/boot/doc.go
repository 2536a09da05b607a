// Package boot is the inner process: it prepares the namespaces it was started
// in, brings up the control plane, the node, and what leads out, says that it
// is ready, and stops all of it in order. It is the only package that knows
// both the plane and the node. Start at Run.
package boot
