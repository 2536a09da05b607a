// Package events holds the contracts of everything that triggers Sluice and
// everything Sluice says: sources, detail types, fields, and the rule patterns
// as Go values that infra synthesizes into EventBridge rules.
//
// It knows the shape of events and nothing about what is done with them, and
// it imports the standard library only, so that senders in other repositories
// can use it. An event type is a file: start with object_created.go. A detail
// type nobody here knows is not an error: the reader ignores it.
package events
