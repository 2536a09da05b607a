package examples

import (
	"fmt"
	"maps"
	"math"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// needs are cores and GiB.
type needs struct{ cores, gib float64 }

func (a needs) plus(b needs) needs     { return needs{a.cores + b.cores, a.gib + b.gib} }
func (a needs) times(n float64) needs  { return needs{a.cores * n, a.gib * n} }
func (a needs) fit(b needs) bool       { return a.cores <= b.cores && a.gib <= b.gib }
func (a needs) String() string         { return fmt.Sprintf("%g cores and %g GiB", a.cores, a.gib) }
func quantity(text string) float64     { q := resource.MustParse(text); return q.AsApproximateFloat64() }
func asked(cores, memory string) needs { return needs{quantity(cores), quantity(memory) / (1 << 30)} }

// kinds are the two kinds of Flink's pods.
var kinds = []string{"jobManager", "taskManager"}

// Pod is the pod of a kind as the operator makes it of an example's templates: the
// common one, with the kind's own laid over it, and Flink's container in it.
func (e Example) Pod(kind string) map[string]any {
	spec := at(e.Deployment(), "spec")
	template := merged(at(spec, "podTemplate"), at(spec, kind, "podTemplate"))
	pod := map[string]any{
		"apiVersion": "v1", "kind": "Pod",
		"metadata": merged(map[string]any{"name": e.Name + "-" + strings.ToLower(kind), "namespace": e.Namespace}, at(template, "metadata")),
	}
	size := map[string]any{"cpu": fmt.Sprint(at(spec, kind, "resource", "cpu")), "memory": kubernetesMemory(fmt.Sprint(at(spec, kind, "resource", "memory")))}
	main := merged(map[string]any{
		"name": "flink-main-container", "image": "flink",
		"resources": map[string]any{"requests": size, "limits": size},
	}, mainContainer(template))
	pod["spec"] = merged(at(template, "spec"), map[string]any{"containers": []any{main}})
	return pod
}

// mainContainer is what a template says of Flink's own container.
func mainContainer(template map[string]any) any {
	containers, _ := at(template, "spec", "containers").([]any)
	for _, c := range containers {
		if at(c, "name") == "flink-main-container" {
			return c
		}
	}
	return nil
}

// merged lays one mapping over another; a list is taken whole.
func merged(under, over any) map[string]any {
	out := map[string]any{}
	if m, ok := under.(map[string]any); ok {
		maps.Copy(out, m)
	}
	m, _ := over.(map[string]any)
	for name, value := range m {
		if _, both := out[name].(map[string]any); both {
			value = merged(out[name], value)
		}
		out[name] = value
	}
	return out
}

// kubernetesMemory writes Flink's 2048m, which are mebibytes, as Kubernetes does.
func kubernetesMemory(flinks string) string {
	if mebibytes, is := strings.CutSuffix(flinks, "m"); is {
		return mebibytes + "Mi"
	}
	return flinks
}

// size is what a pod of a kind has as its limit, with EMR's sidecar: the size that
// the example gives it, else what the namespace gives a container that names none.
func (e Example) size(kind string, unnamed needs) needs {
	spec := at(e.Deployment(), "spec")
	own := asked(fmt.Sprint(at(spec, kind, "resource", "cpu")), kubernetesMemory(fmt.Sprint(at(spec, kind, "resource", "memory"))))
	if at(spec, "emrReleaseLabel") == nil {
		return own
	}
	limits := at(spec, "monitoringConfiguration", "sideCarResources", "limits")
	if limits == nil {
		return own.plus(unnamed)
	}
	return own.plus(asked(fmt.Sprint(at(limits, "cpuLimit")), fmt.Sprint(at(limits, "memoryLimit"))))
}

// count is how many pods of a kind there are at most.
func (e Example) count(kind string) float64 {
	spec := at(e.Deployment(), "spec")
	if replicas := at(spec, kind, "replicas"); replicas != nil {
		return number(fmt.Sprint(replicas))
	}
	if kind == "jobManager" {
		return 1
	}
	return math.Ceil(e.parallelism() / number(e.setting("taskmanager.numberOfTaskSlots")))
}

// parallelism is the widest that its jobs get.
func (e Example) parallelism() float64 {
	if e.setting("job.autoscaler.enabled") == "true" {
		return number(e.setting("job.autoscaler.vertex.max-parallelism"))
	}
	sum := 0.0
	for _, r := range e.Resources {
		if p := at(r, "spec", "job", "parallelism"); p != nil {
			sum += number(fmt.Sprint(p))
		}
	}
	return sum
}

func (e Example) setting(key string) string {
	value, _ := at(e.Deployment(), "spec", "flinkConfiguration", key).(string)
	return value
}
