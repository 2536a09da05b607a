// Package task holds one file a Task of the state machines: gather what is
// known, decide by a pure function, act. Everything outside comes through the
// ports in Deps, so the same code runs in Lambda, on one machine, and against
// models in tests.
//
// It knows the order inside a step and nothing of the order of steps: that is
// the state machine's, which switches on Release.Decision. Start with
// release.go, the one document that goes through the machine.
package task
