// Package kubernetes holds the objects that the cluster is told by us, as files
// that kubectl takes as well, and fills in what differs from team to team.
//
// It refuses to know the CDK and the cluster. Start with team.go.
package kubernetes
