// Package kube is a small Kubernetes for one machine: a real API server with
// the controllers Flink needs, and one node that runs pods as host processes.
// There is no code in this package; the program is cmd/sluice-kube.
//
// What it is. etcd, kube-apiserver and the controllers run inside one process,
// which lives in network, mount, PID and IPC namespaces of its own (plus a user
// namespace when it is not started by root). Anything that speaks to the API
// server (kubectl, an operator, client-go) meets the real thing: admission,
// RBAC, server-side apply, watches, owner references. A pod is a network
// namespace with an address; a container is a process whose root is the host's
// /usr, /etc and /opt plus the folders that its image name stands for. Nothing is pulled.
//
// What it is not. It is no isolation boundary: a pod may read what the user
// who started it may read. There is one node, no scheduler, no cgroups (limits
// are not enforced), no storage classes, no DaemonSet, CronJob or autoscaler,
// no exec, attach or port-forward. What is not supported is refused by name,
// in the pod's status or at admission; what merely has no effect here (node
// selectors, runAsUser, capabilities) is said in an event on the pod.
//
// Known differences that are not refused: resource limits, container log
// rotation and termination message files do not exist; CrashLoopBackOff starts at one second and ends at
// one minute; of the service variables only KUBERNETES_* are set; NodePorts
// are not opened; UDP and SCTP service ports are not served.
//
// Start reading at internal/launch (the process in the host's namespaces), then
// internal/boot (what happens inside), then internal/node.
package kube
