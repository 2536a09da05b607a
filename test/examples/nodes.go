package examples

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// nodes are what the platform has for jobs: a pool of Karpenter's, or a managed group.
type nodes struct {
	name   string
	labels map[string][]string // and the values that a node may have
	taints map[string]string   // key to value, all NoSchedule
	spot   []bool              // what its nodes may be
	cores  float64             // of the smallest node
	gib    float64
}

// gibOfCore is what the families of instance types have for each core
// (https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-type-specifications.html).
var gibOfCore = map[string]float64{"c": 2, "m": 4, "r": 8}

// readNodes reads the pools and groups of the committed templates.
func readNodes(root string) ([]nodes, error) {
	addOns, err := readTemplate(root, "sluice-addons")
	if err != nil {
		return nil, err
	}
	pools, err := addOns.objects("NodePool")
	if err != nil {
		return nil, err
	}
	var all []nodes
	for _, pool := range pools {
		all = append(all, ofPool(pool))
	}
	cluster, err := readTemplate(root, "sluice-cluster")
	if err != nil {
		return nil, err
	}
	for _, group := range cluster.ofType("AWS::EKS::Nodegroup") {
		all = append(all, ofGroup(group))
	}
	if len(pools) == 0 || len(all) == len(pools) {
		return nil, fmt.Errorf("the templates have %d pools and %d managed groups", len(pools), len(all)-len(pools))
	}
	return all, nil
}

func ofPool(pool map[string]any) nodes {
	n := nodes{name: at(pool, "metadata", "name").(string), labels: map[string][]string{}}
	spec := at(pool, "spec", "template", "spec")
	for label, value := range at(pool, "spec", "template", "metadata", "labels").(map[string]any) {
		n.labels[label] = []string{value.(string)}
	}
	for _, requirement := range at(spec, "requirements").([]any) {
		if at(requirement, "operator") == "In" {
			n.labels[at(requirement, "key").(string)] = texts(at(requirement, "values"))
		}
	}
	for _, capacity := range n.labels["karpenter.sh/capacity-type"] {
		n.spot = append(n.spot, capacity == "spot")
	}
	n.cores = least(n.labels["karpenter.k8s.aws/instance-cpu"], number)
	n.gib = n.cores * least(n.labels["karpenter.k8s.aws/instance-category"], func(c string) float64 { return gibOfCore[c] })
	return n
}

func ofGroup(group map[string]any) nodes {
	n := nodes{name: fmt.Sprint(group["Labels"]), labels: map[string][]string{}, taints: map[string]string{}, spot: []bool{group["CapacityType"] == "SPOT"}}
	for label, value := range group["Labels"].(map[string]any) {
		n.labels[label] = []string{value.(string)}
	}
	for _, taint := range group["Taints"].([]any) {
		n.taints[at(taint, "Key").(string)] = at(taint, "Value").(string)
	}
	types := texts(group["InstanceTypes"])
	n.cores = least(types, coresOf)
	n.gib = least(types, func(t string) float64 { return coresOf(t) * gibOfCore[t[:1]] })
	return n
}

// coresOf is 4 of xlarge, and twice that of 2xlarge; 0, which nothing fits, of what is smaller.
func coresOf(instance string) float64 {
	_, size, _ := strings.Cut(instance, ".")
	times, is := strings.CutSuffix(size, "xlarge")
	switch {
	case !is:
		return 0
	case times == "":
		return 4
	}
	return 4 * number(times)
}

// take says whether a pod finds a node here, by labels and taints.
func (n nodes) take(spec map[string]any) bool {
	selector, _ := spec["nodeSelector"].(map[string]any)
	if len(selector) == 0 {
		return false // any node is no choice
	}
	for label, value := range selector {
		if !slices.Contains(n.labels[label], value.(string)) {
			return false
		}
	}
	for key, value := range n.taints {
		if !tolerates(spec, key, value) {
			return false
		}
	}
	return true
}

func tolerates(spec map[string]any, key, value string) bool {
	list, _ := spec["tolerations"].([]any)
	return slices.ContainsFunc(list, func(t any) bool {
		return at(t, "key") == key && at(t, "effect") == "NoSchedule" && (at(t, "operator") == "Exists" || at(t, "value") == value)
	})
}

// capacity is what nodes here may be for a pod: which of spot it leaves open.
func (n nodes) capacity(spec map[string]any) []bool {
	if chosen := at(spec, "nodeSelector", "karpenter.sh/capacity-type"); chosen != nil {
		return []bool{chosen == "spot"}
	}
	return n.spot
}

// room is what pods may ask of the smallest node. A quarter is the system's: what
// kubelet and the system reserve grows with the pods that fit, and DaemonSets ask for some
// (https://docs.aws.amazon.com/eks/latest/best-practices/scale-data-plane.html).
func (n nodes) room() needs {
	const forPods = 0.75
	return needs{cores: n.cores * forPods, gib: n.gib * forPods}
}

func least(values []string, of func(string) float64) float64 {
	smallest := 0.0
	for i, v := range values {
		if got := of(v); i == 0 || got < smallest {
			smallest = got
		}
	}
	return smallest
}

func texts(v any) []string {
	list, _ := v.([]any)
	all := make([]string, len(list))
	for i, item := range list {
		all[i] = fmt.Sprint(item)
	}
	return all
}

// number is 0, which fails whatever is held against it, for what is none.
func number(text string) float64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return n
}
