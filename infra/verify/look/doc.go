// Package look sees what there is of a platform: in the account, by
// infra/account, and in the cluster, by the Kubernetes API.
//
// It knows how to ask, and says of each part why it could not be looked at: one
// that nobody may read hides no other. It refuses to judge, which infra/verify
// does. Start with look.go.
package look
