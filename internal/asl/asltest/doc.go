// Package asltest lets tests hold a definition against npm's asl-validator,
// which knows AWS's JSON schema of the language and checks JSONata syntax.
//
// It knows where npm puts the program and how to run it; it refuses to judge:
// package lint has the rules of our own. Start with Validate.
package asltest
