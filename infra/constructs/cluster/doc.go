// Package cluster makes the EKS cluster, its node groups and the add-ons that EKS
// itself keeps, or names a cluster that exists.
//
// Rights in the cluster come by access entries alone, and rights of its pods by
// pod identities. Whatever is applied to it, charts and manifests, goes through
// one kubectl provider in the private subnets, so that the endpoint may be private.
//
// It refuses to know what is installed later: package addons does. Start with cluster.go.
package cluster
