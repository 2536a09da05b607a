// Package pattern matches events against EventBridge event patterns, with every
// operator of content filtering: exact values, prefix, suffix,
// equals-ignore-case, wildcard, anything-but in all its forms, numeric, exists,
// cidr and $or.
//
// It knows patterns and JSON, and nothing of buses and rules. Invalid patterns
// are refused as the service refuses them, with the path of the fault. Start
// with Compile. Source of the rules:
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
// and, where that is silent, github.com/aws/event-ruler, which the service runs.
//
// One limit is an approximation: the service refuses patterns whose wildcards
// are too complex and does not publish the measure; see wildcard.go.
package pattern
