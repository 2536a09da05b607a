package verify

import (
	"fmt"

	"github.com/sluice-flink/sluice/infra/platform"
)

// Part is a part of the platform that is looked at by itself.
type Part string

// The parts, in the order in which they are judged: what comes first is why what
// comes later is not there.
const (
	Stacks     Part = "stacks"
	Nodes      Part = "nodes"
	Charts     Part = "charts"
	Kinds      Part = "kinds"
	Metrics    Part = "metrics"
	Pools      Part = "pools"
	Policies   Part = "policies"
	Teams      Part = "teams"
	Identities Part = "identities"
	Rights     Part = "rights"
	EventPlane Part = "event plane"
	Buckets    Part = "buckets"
)

// Parts are all of them, in that order.
func Parts() []Part {
	return []Part{Stacks, Nodes, Charts, Kinds, Metrics, Pools, Policies, Teams, Identities, Rights, EventPlane, Buckets}
}

// Finding is one thing that was held against the file.
type Finding struct {
	Part Part   `json:"part"`
	What string `json:"what"`
	// Fault says what is wrong; empty: it is as it should be.
	Fault string `json:"fault,omitempty"`
	Do    string `json:"do,omitempty"`
}

// OK says that nothing is wrong.
func (f Finding) OK() bool { return f.Fault == "" }

// Judge holds what was seen against the file.
func Judge(p platform.Platform, seen Observed) []Finding {
	judges := map[Part]func(platform.Platform, Observed) []Finding{
		Stacks: stacks, Nodes: nodes, Charts: installed, Kinds: kinds, Metrics: metrics, Pools: pools,
		Policies: guarded, Teams: teams, Identities: identities, Rights: rights, EventPlane: eventPlane, Buckets: buckets,
	}
	var all []Finding
	for _, part := range Parts() {
		if why := seen.Unseen[part]; why != "" {
			all = append(all, Finding{part, "all of it", "it could not be looked at: " + why, "make that possible, and look again"})
			continue
		}
		found := judges[part](p, seen)
		for i := range found {
			found[i].Part = part
		}
		all = append(all, found...)
	}
	return all
}

// Faults are the findings that are faults.
func Faults(all []Finding) []Finding {
	var faults []Finding
	for _, f := range all {
		if !f.OK() {
			faults = append(faults, f)
		}
	}
	return faults
}

func ok(format string, args ...any) Finding { return Finding{What: fmt.Sprintf(format, args...)} }

func fault(what, fault, do string) Finding { return Finding{What: what, Fault: fault, Do: do} }
