package addons

import (
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/platform"
)

// yuniKorn are its values.
// It schedules the teams' pods and no others: by default it would take those of
// every namespace. There is one scheduler, the chart has no second: while it
// restarts, pods wait, and what runs is not touched. Its admission controller may
// be gone, too: its webhooks are ignored then, also those that it leaves behind
// when the chart is removed.
func yuniKorn(core cluster.Core, teams []platform.Team) map[string]any {
	return map[string]any{
		"image":             image("scheduler"),
		"priorityClassName": "system-cluster-critical",
		"resources":         cluster.Needs("200m", "2Gi"), // the chart lets Go use 1.5
		"nodeSelector":      core.NodeSelector,
		"tolerations":       core.Tolerations,
		"web":               map[string]any{"image": image("web"), "resources": cluster.Needs("50m", "256Mi")},
		"admissionController": map[string]any{
			"image":             image("admission"),
			"priorityClassName": "system-cluster-critical",
			"replicaCount":      2,
			// A pod has an address of the VPC, which the API server reaches.
			"hostNetwork":  false,
			"resources":    cluster.Needs("100m", "512Mi"),
			"nodeSelector": core.NodeSelector,
			"tolerations":  core.Tolerations,
			"affinity":     elsewhere("yunikorn-admission-controller"),
		},
		"yunikornDefaults": map[string]any{
			"queues.yaml":              queues(teams),
			"service.placeholderImage": charts.YuniKornPlaceholder.From(),
			"admissionController.filtering.processNamespaces": namespaces(teams),
		},
	}
}

// image is one of the three, at the chart's version. The chart would ask the
// registry each time, and wait for it, when a node is lost.
func image(part string) map[string]any {
	return map[string]any{"tag": part + "-" + charts.YuniKorn.App, "pullPolicy": "IfNotPresent"}
}

// elsewhere keeps a component's pods from each other's nodes, as far as there are
// others: this chart knows no constraints of topology.
func elsewhere(component string) map[string]any {
	return map[string]any{"podAntiAffinity": map[string]any{
		"preferredDuringSchedulingIgnoredDuringExecution": []any{map[string]any{
			"weight": 100,
			"podAffinityTerm": map[string]any{
				"topologyKey":   "kubernetes.io/hostname",
				"labelSelector": map[string]any{"matchLabels": map[string]any{"component": component}},
			},
		}},
	}}
}

// namespaces matches those of the teams, and nothing where there is no team.
func namespaces(teams []platform.Team) string {
	if len(teams) == 0 {
		return "^$"
	}
	var all []string
	for _, team := range teams {
		all = append(all, "^"+regexp.QuoteMeta(team.Namespace)+"$")
	}
	return strings.Join(all, ",")
}

type queue struct {
	Name      string     `yaml:"name"`
	SubmitACL string     `yaml:"submitacl,omitempty"`
	Resources *resources `yaml:"resources,omitempty"`
	Queues    []queue    `yaml:"queues,omitempty"`
}

type resources struct {
	Max map[string]string `yaml:"max"`
}

type partition struct {
	Name           string            `yaml:"name"`
	Preemption     map[string]bool   `yaml:"preemption"`
	NodeSort       map[string]string `yaml:"nodesortpolicy"`
	PlacementRules []map[string]any  `yaml:"placementrules"`
	Queues         []queue           `yaml:"queues"`
}

// queues is the configuration of the queues
// (https://yunikorn.apache.org/docs/user_guide/queue_config/). A pod's namespace
// says its queue, so that no team takes another's by a label; a namespace without
// a queue is refused. Nothing is taken from who has it: a TaskManager that goes is
// a job that restarts. Nodes are filled one after the other, so that some get
// empty, which is when they are removed.
func queues(teams []platform.Team) string {
	root := queue{Name: "root", SubmitACL: "*"}
	for _, team := range teams {
		root.Queues = append(root.Queues, queue{Name: team.Namespace, Resources: &resources{Max: map[string]string{
			"vcore":  strconv.Itoa(team.Quota.CPU),
			"memory": strconv.Itoa(team.Quota.MemoryGiB) + "Gi",
			"pods":   strconv.Itoa(team.Quota.Pods),
		}}})
	}
	text, err := yaml.Marshal(map[string][]partition{"partitions": {{
		Name:           "default",
		Preemption:     map[string]bool{"enabled": false},
		NodeSort:       map[string]string{"type": "binpacking"},
		PlacementRules: []map[string]any{{"name": "tag", "value": "namespace", "create": false}},
		Queues:         []queue{root},
	}}})
	if err != nil {
		panic("text, numbers and lists are always YAML: " + err.Error())
	}
	return string(text)
}
