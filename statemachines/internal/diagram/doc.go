// Command diagram writes docs/statemachines/<name>.md from the state machines:
// a Mermaid state diagram, and for each state what its Comment says, how long
// it may take, what is retried and where its errors lead.
//
// It knows the fields of Amazon States Language that such a page needs, and no
// state machine in particular. `go generate` in statemachines/ runs it, and a
// test holds the committed pages equal to the machines. Start with Page.
package main
