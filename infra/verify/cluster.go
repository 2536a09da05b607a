package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/platform"
)

// nodes have to be ready, and as many of each managed group as it has at least.
// Karpenter's may be none.
func nodes(p platform.Platform, seen Observed) []Finding {
	ready := map[string]int{}
	var all []Finding
	for _, n := range seen.Nodes {
		if n.Ready {
			ready[n.Group]++
			continue
		}
		all = append(all, fault("node "+n.Name, "it is not ready", "kubectl describe node "+n.Name+"; EKS replaces a node of a managed group that stays unwell"))
	}
	for _, g := range p.Cluster.Groups() {
		what := "node group " + g.Name
		if ready[g.Name] < g.Min {
			all = append(all, fault(what, fmt.Sprintf("%s with the label %s=%s, and it takes %d", counted(ready[g.Name], "ready node"), platform.NodeGroupLabel, g.Name, g.Min),
				"aws eks describe-nodegroup --cluster-name "+p.ClusterName()+" --nodegroup-name "+g.Name+" says what is wrong with it"))
			continue
		}
		all = append(all, ok("%s: %s", what, counted(ready[g.Name], "ready node")))
	}
	if len(seen.Nodes) == 0 {
		all = append(all, fault("nodes", "the cluster has none", "aws eks list-nodegroups --cluster-name "+p.ClusterName()))
	}
	return all
}

// Installed are the charts that a platform installs, in that order. A test holds
// them against the committed templates.
func Installed(p platform.Platform) []charts.Chart {
	operator := charts.EMROperator
	if p.FlinkOperator.Kind == platform.Apache {
		operator = charts.ApacheOperator
	}
	var wanted []charts.Chart
	for _, c := range []struct {
		on bool
		charts.Chart
	}{
		{p.AddOns.MetricsServer, charts.MetricsServer}, {p.AddOns.CertManager, charts.CertManager}, {p.AddOns.ClusterAutoscaler(), charts.ClusterAutoscaler},
		{p.AddOns.Karpenter(), charts.KarpenterCRDs}, {p.AddOns.Karpenter(), charts.Karpenter}, {p.AddOns.YuniKorn, charts.YuniKorn},
		{p.Ingress.On(), charts.LoadBalancerController},
		{p.Observability.PodLogs, charts.FluentBit}, {p.Observability.Metrics, prometheus(p)}, {true, operator},
	} {
		if c.on {
			wanted = append(wanted, c.Chart)
		}
	}
	return wanted
}

// prometheus runs Grafana only where that is asked for.
func prometheus(p platform.Platform) charts.Chart {
	c := charts.PrometheusStack
	if !p.Observability.Grafana {
		c.Images = slices.DeleteFunc(slices.Clone(c.Images), func(i charts.Image) bool { return i.Value[0] == charts.GrafanaValues })
		c.Workloads = slices.DeleteFunc(slices.Clone(c.Workloads), func(w string) bool { return w == charts.Grafana })
	}
	return c
}

// installed holds Helm's releases and what they run against the table.
func installed(p platform.Platform, seen Observed) []Finding {
	var all []Finding
	for _, c := range Installed(p) {
		all = append(all, released(c, seen))
		for _, workload := range c.Workloads {
			all = append(all, runs(c, workload, replicas(c), seen))
		}
	}
	return all
}

// replicas is how many pods a workload has at least. The operator has two: while
// one moves, the other goes on.
func replicas(c charts.Chart) int {
	if c.Name == charts.EMROperator.Name {
		return 2
	}
	return 1
}

func released(c charts.Chart, seen Observed) Finding {
	what := "chart " + c.Name
	i := slices.IndexFunc(seen.Releases, func(r Release) bool { return r.Name == c.Release && r.Namespace == c.Namespace })
	if i < 0 {
		return fault(what, "Helm has not installed it into "+c.Namespace, "make deploy")
	}
	switch r := seen.Releases[i]; {
	case r.Status != "deployed":
		return fault(what, "Helm says "+r.Status, "helm history "+c.Release+" --namespace "+c.Namespace+" says why; then make deploy")
	case strings.TrimPrefix(r.Version, "v") != strings.TrimPrefix(c.Version, "v"):
		return fault(what, fmt.Sprintf("it is version %s, and the table says %s", r.Version, c.Version), "make deploy, with the checkout that this command was built from")
	default:
		return ok("%s: %s deployed", what, r.Version)
	}
}

func runs(c charts.Chart, workload string, least int, seen Observed) Finding {
	kind, name, _ := strings.Cut(workload, "/")
	what := fmt.Sprintf("%s %s/%s", kind, c.Namespace, name)
	i := slices.IndexFunc(seen.Workloads, func(w Workload) bool { return w.Kind == kind && w.Namespace == c.Namespace && w.Name == name })
	if i < 0 {
		return fault(what, "it is not there", "make deploy")
	}
	w := seen.Workloads[i]
	look := fmt.Sprintf("kubectl describe %s %s --namespace %s", strings.ToLower(kind), name, c.Namespace)
	switch {
	case w.Ready < w.Wanted:
		return fault(what, fmt.Sprintf("%d of %s ready", w.Ready, counted(w.Wanted, "pod")), look)
	case w.Wanted < least && kind != "DaemonSet":
		return fault(what, fmt.Sprintf("it has %s, and it takes %d", counted(w.Wanted, "replica"), least), "somebody has scaled it: make deploy")
	}
	return ok("%s: %d of %s ready", what, w.Ready, counted(w.Wanted, "pod"))
}

// kinds are those that the platform uses, at the versions that it uses.
func kinds(p platform.Platform, seen Observed) []Finding {
	var all []Finding
	for _, c := range Installed(p) {
		for _, wanted := range c.Definitions {
			name, version, _ := strings.Cut(wanted, "/")
			what := "kind " + name
			i := slices.IndexFunc(seen.Definitions, func(d Definition) bool { return d.Name == name })
			switch {
			case i < 0:
				all = append(all, fault(what, "the API server does not know it", "make deploy: the chart "+c.Name+" defines it"))
			case !slices.Contains(seen.Definitions[i].Served, version):
				all = append(all, fault(what, fmt.Sprintf("it is served as %s, and not as %s", strings.Join(seen.Definitions[i].Served, ", "), version), "make deploy: the chart "+c.Name+" is another version"))
			case !seen.Definitions[i].Established:
				all = append(all, fault(what, "it is not established", "kubectl describe crd "+name))
			default:
				all = append(all, ok("%s: served as %s", what, version))
			}
		}
	}
	return all
}

func metrics(p platform.Platform, seen Observed) []Finding {
	if !p.AddOns.MetricsServer {
		return nil
	}
	const what = "metrics of pods and nodes"
	switch c := seen.MetricsAPI; {
	case c.Name == "":
		return []Finding{fault(what, "no metrics server is registered", "make deploy")}
	case !c.Ready:
		return []Finding{fault(what, "they are not served: "+c.Message, "kubectl describe apiservice "+c.Name)}
	}
	return []Finding{ok("%s: served", what)}
}

// pools are Karpenter's, each with the class of its nodes.
func pools(p platform.Platform, seen Observed) []Finding {
	if !p.AddOns.Karpenter() {
		return nil
	}
	var all []Finding
	for _, pool := range p.AddOns.Pools {
		for _, kind := range []string{"EC2NodeClass", "NodePool"} {
			name := kind + "/" + pool.Name
			i := slices.IndexFunc(seen.Pools, func(c Condition) bool { return c.Name == name })
			switch {
			case i < 0:
				all = append(all, fault(name, "it is not there", "make deploy"))
			case !seen.Pools[i].Ready:
				all = append(all, fault(name, "it is not ready: "+seen.Pools[i].Message, "kubectl describe "+strings.ToLower(kind)+" "+pool.Name))
			default:
				all = append(all, ok("%s: ready", name))
			}
		}
	}
	return all
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
