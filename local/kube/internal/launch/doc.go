// Package launch is the process that stays in the host's namespaces. It checks
// what was asked, takes the API server's port on the host, starts this program
// again in new namespaces, dials the host's network on behalf of pods, and sees
// to it that nothing is left when it ends. It refuses to know Kubernetes.
//
// The inner process gets a Config on its standard input, the host's listener as
// file descriptor 3 and a pipe as 4, through which it says that it is ready or
// why it failed. Leading out: for each egress this package listens on a unix
// socket in the state folder; pathname sockets, unlike abstract ones and TCP,
// can be reached from another network namespace.
//
// Start at Run.
package launch
