// Package template reads a CloudFormation template and resolves it for one
// machine: which buckets, functions, state machines, rules and queues there
// are, under which names, with which settings.
//
// It knows the resource types of Sluice's event plane and CloudFormation's
// intrinsic functions. It starts nothing. What it does not understand it
// refuses by name: a type, a property, an intrinsic. What has no meaning on
// one machine is left out by decision, and the decision and its reason stand in
// a table: whole types in harmless.go, single properties in kinds.go.
//
// Start with Parse and Template.Resolve, whose answer is a Stack.
package template
