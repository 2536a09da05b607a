// Package verify holds what is installed against a platform's file: what the
// reader of an installation guide checks by eye, and what nobody checks by eye.
//
// It knows what has to be there, from the platform's own Go values: its stacks,
// charts, teams and roles. Judge is a pure function from what was seen to
// findings, each with what to do. It refuses to know how anything is looked at:
// infra/verify/look does that. Start with verify.go.
package verify
