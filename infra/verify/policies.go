package verify

import (
	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
)

// Guarding are the objects by which the API server refuses what nobody is to do: late
// writes of a release, and Ingresses that would open more than a web page, where there
// are some, with the class that they are held to. Without them everything goes on, and
// nobody would notice. Which subnets the class names, another stack decides.
func Guarding(p platform.Platform) []kubernetes.Object {
	all := kubernetes.FencePolicy()
	if p.Ingress.On() {
		class, policies := kubernetes.WebPages(p, nil)
		delete(class[0]["spec"].(map[string]any), "subnets")
		all = append(append(all, class...), policies...)
	}
	return all
}

func guarded(p platform.Platform, seen Observed) []Finding {
	wanted := Guarding(p)
	if faults := unlike(wanted, seen); len(faults) > 0 {
		return faults
	}
	return []Finding{ok("%d objects that refuse what nobody is to do: %s", len(wanted), kindsOf(wanted))}
}
