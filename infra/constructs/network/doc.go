// Package network makes the VPC everything else stands in, or takes one that
// exists: private subnets for nodes, pods and functions, public ones for NAT
// gateways and load balancers, and endpoints so that what jobs and functions call
// all the time does not leave the VPC.
//
// It refuses to know what runs in it. Start with network.go.
package network
