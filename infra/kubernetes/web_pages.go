package kubernetes

import (
	_ "embed"
	"strconv"

	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/internal/webpage"
)

//go:embed web-pages.yaml
var webPages string

// WebPages are the class of Flink's web pages with its load balancer, in the given
// subnets, and the policies that hold Ingresses to it. The class needs the kinds of
// charts.LoadBalancerController; the policies need nothing, and come first.
func WebPages(p platform.Platform, subnets []string) (class, policies []Object) {
	all := objects(webPages, map[string]string{
		"Class": webpage.Class, "LoadBalancer": p.LoadBalancer(), "Domain": p.Ingress.Domain, "Port": strconv.Itoa(webpage.Port),
		"AnnotationPrefix": webpage.AnnotationPrefix, "ConditionsPrefix": webpage.ConditionsPrefix, "Conditions": webpage.Conditions(),
	})
	spec := all[0]["spec"].(map[string]any)
	spec["subnets"] = map[string]any{"ids": list(subnets)}
	spec["inboundCIDRs"] = list(p.Ingress.InboundCIDRs)
	spec["certificateArn"] = list(p.Ingress.Certificates)
	spec["tags"] = []any{map[string]any{"key": "sluice.dev/platform", "value": p.Name}}
	return all[:2], all[2:]
}

func list(texts []string) []any {
	var all []any
	for _, t := range texts {
		all = append(all, t)
	}
	return all
}
