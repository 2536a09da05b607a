package manifest

import (
	"sync"

	"github.com/sluice-flink/sluice/internal/flink"
)

// settings is everything that the layers say together: the policy, and what a
// team may use. A value is replaced, never changed, so a copy is independent.
type settings struct {
	policy flink.Policy
	pin    flink.ArtifactPin // of policy.Artifact, which is nil while nothing is pinned
	lag    flink.LagRecovery // of policy.Analysis.LagRecovery, which is nil while Within is 0
	allow  Allow
}

// defaultBaseline is the lag, in per cent of what it was before, that counts as recovered.
const defaultBaseline = 110

func defaultSettings() settings {
	return settings{policy: flink.DefaultPolicy(), lag: flink.LagRecovery{Baseline: defaultBaseline}, allow: defaultAllow()}
}

// finished is the policy as the rest of Sluice reads it.
func (s settings) finished() flink.Policy {
	p := s.policy
	if s.pin != (flink.ArtifactPin{}) {
		p.Artifact = &s.pin
	}
	if s.lag.Within > 0 {
		p.Analysis.LagRecovery = &s.lag
	}
	return p
}

// policyField is a field of a policy: a mapping of others, or a leaf.
type policyField struct {
	name   string
	about  string // description in the JSON schema
	fields []policyField
	leaf   leaf
	own    bool // only an application's own policy has it
}

// visit calls with the path of every leaf, in the table's order.
func visit(table []policyField, prefix string, with func(path string, f policyField)) {
	for _, f := range table {
		path := join(prefix, f.name)
		if f.fields != nil {
			visit(f.fields, path, with)
			continue
		}
		with(path, f)
	}
}

// placed is a leaf and where it stands.
type placed struct {
	path string
	policyField
}

// leaves are all that have a value: the policy's, then what a team may use.
var leaves = sync.OnceValue(func() []placed {
	var all []placed
	defaults := defaultSettings()
	keep := func(path string, f policyField) {
		if f.leaf.value(defaults) != nil {
			all = append(all, placed{path, f})
		}
	}
	visit(policyFields, "", keep)
	visit(allowFields, allowPath, keep)
	return all
})

// leafAt finds a leaf by its path.
var leafAt = sync.OnceValue(func() map[string]leaf {
	byPath := map[string]leaf{}
	for _, l := range leaves() {
		byPath[l.path] = l.leaf
	}
	return byPath
})
