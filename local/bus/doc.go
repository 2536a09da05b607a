// Package bus is Amazon EventBridge on one machine: buses, rules with event
// patterns, delivery at least once with retries, and dead letters.
//
// It knows rules and events, and keeps what is not delivered yet, and what
// could not be, as files that survive the process. It does not know what a
// target does: it hands the event to a Deliver function. Archives, schedules,
// input transformation and targets that wait for an answer are not here.
//
// Start with Open and Bus.Put, then delivery.go; package pattern matches.
package bus
