// Package account asks an AWS account about a platform: its stacks and what is in
// them, its cluster, and whether what should be on is on.
//
// It knows AWS's answers and says them in plain values. It refuses to judge them,
// which infra/verify does, and to change anything but what infra/removal tells it
// to. Start with account.go.
package account
