// Package lint holds a state machine's definition against rules that AWS does
// not check before an execution fails on them, and against this project's own:
// every state explained, every task bounded and caught, every variable assigned
// before it is used, every name one that exists.
//
// It knows the language and what its caller says is known (errors, functions,
// substitutions, resources). It runs nothing and knows no state machine in
// particular. Start with Lint; a rule is one method of checker.
package lint
