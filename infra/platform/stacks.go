package platform

// Stacks are the names of the platform's stacks in the order in which they are
// made: each depends on earlier ones alone, so removal is the other order. A test
// of package infra holds them against those that are synthesized.
func (p Platform) Stacks() []string {
	var parts []string
	if p.Network.Existing == nil {
		parts = append(parts, "network")
	}
	parts = append(parts, "data", "cluster", "addons")
	// The event plane asks the workspace of metrics; where there is none any more, it
	// forgets the workspace before that goes.
	if p.Observability.Metrics {
		parts = append(parts, "observability", EventPlanePart)
	} else {
		parts = append(parts, EventPlanePart)
		if p.Observability.Any() {
			parts = append(parts, "observability")
		}
	}
	parts = append(parts, "flink-operator")
	for _, t := range p.Teams {
		parts = append(parts, "team-"+t.Name)
	}
	for i := range parts {
		parts[i] = p.StackName(parts[i])
	}
	return parts
}

// EventPlanePart is the part of the stack that Sluice itself is.
const EventPlanePart = "eventplane"
