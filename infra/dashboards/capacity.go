package dashboards

import "github.com/sluice-flink/sluice/infra/platform"

// capacity is what nodes there are, who waits for one, and what teams have of their
// quota.
func capacity(p platform.Platform) Dashboard {
	d := Dashboard{Name: "capacity", Title: "Capacity", Panels: nodes()}
	if p.AddOns.Karpenter() {
		d.Panels = append(d.Panels, karpenter()...)
	}
	if p.AddOns.YuniKorn {
		d.Panels = append(d.Panels, queues()...)
	}
	return d
}

// NodeLabels are those of nodes that kube-state-metrics is to tell.
var NodeLabels = []string{"sluice.dev/node-group", "karpenter.sh/capacity-type"}

// group is the label of the first of them as it tells it.
const group = "label_sluice_dev_node_group"

// nodes is what Kubernetes says of nodes and pods
// (https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics) and nodes
// of themselves (https://github.com/prometheus/node_exporter).
func nodes() []Panel {
	return []Panel{
		{Title: "Nodes", Unit: Number, Now: true, Queries: []Query{{"count(kube_node_info)", ""}}},
		{Title: "Not ready", Unit: Number, Now: true, Queries: []Query{{`sum(kube_node_status_condition{condition="Ready",status!="true"})`, ""}}},
		{Title: "Pods without a node", Unit: Number, Now: true, Queries: []Query{{`sum(kube_pod_status_phase{phase="Pending"})`, ""}}},
		{Title: "Cores", Unit: Cores, Now: true, Queries: []Query{{`sum(kube_node_status_allocatable{resource="cpu"})`, ""}}},
		{Title: "Memory", Unit: Bytes, Now: true, Queries: []Query{{`sum(kube_node_status_allocatable{resource="memory"})`, ""}}},
		{Title: "Containers killed for memory", Unit: Number, Now: true, Queries: []Query{{`sum(kube_pod_container_status_last_terminated_reason{reason="OOMKilled"})`, ""}}},
		{Title: "Nodes by group", Unit: Number, Queries: []Query{{"count by (" + group + ", label_karpenter_sh_capacity_type) (kube_node_labels)", "{{" + group + "}} {{label_karpenter_sh_capacity_type}}"}}},
		{Title: "Cores asked for", About: "Share of those that a group's nodes have.", Unit: Share, Queries: asked("cpu")},
		{Title: "Memory asked for", About: "Share of what a group's nodes have.", Unit: Share, Queries: asked("memory")},
		{Title: "Pods that wait", Unit: Number, Queries: []Query{{`sum by (namespace) (kube_pod_status_phase{phase="Pending"})`, "{{namespace}}"}}},
		{Title: "Processor of nodes", Unit: Share, Queries: []Query{{`1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[$__rate_interval]))`, "{{instance}}"}}},
		{Title: "Memory of nodes", Unit: Share, Queries: []Query{{"1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes", "{{instance}}"}}},
		{Title: "Disks of nodes", About: "State that does not fit into memory, and logs, fill them.", Unit: Share, Queries: []Query{{`1 - min by (instance) (node_filesystem_avail_bytes{fstype!=""} / node_filesystem_size_bytes{fstype!=""})`, "{{instance}}"}}},
		{Title: "Quota of namespaces", About: "Share that is used: at 100 % no pod is started any more.", Unit: Share, Queries: []Query{{`max by (namespace, resource) (kube_resourcequota{type="used"} / ignoring (type) (kube_resourcequota{type="hard"} > 0))`, "{{namespace}} {{resource}}"}}},
		{Title: "Container restarts in an hour", Unit: Number, Queries: []Query{{"sum by (namespace) (increase(kube_pod_container_status_restarts_total[1h]))", "{{namespace}}"}}},
	}
}

// asked is what pods ask for of what nodes have, by group.
func asked(resource string) []Query {
	of := func(metric string) string {
		return "sum by (" + group + ") (" + metric + `{resource="` + resource + `"} * on (node) group_left (` + group + ") max by (node, " + group + ") (kube_node_labels))"
	}
	return []Query{{of("kube_pod_container_resource_requests") + " / " + of("kube_node_status_allocatable"), "{{" + group + "}}"}}
}

// karpenter is what it says of its pools (https://karpenter.sh/docs/reference/metrics/).
func karpenter() []Panel {
	return []Panel{
		{Title: "Pools: share of their limit", Unit: Share, Queries: []Query{{"max by (nodepool, resource_type) (karpenter_nodepools_usage / (karpenter_nodepools_limit > 0))", "{{nodepool}} {{resource_type}}"}}},
		{Title: "Nodes made and ended in an hour", Unit: Number, Queries: []Query{
			{"sum by (nodepool) (increase(karpenter_nodeclaims_created_total[1h]))", "{{nodepool}} made"},
			{"sum by (nodepool) (increase(karpenter_nodeclaims_terminated_total[1h]))", "{{nodepool}} ended"},
		}},
		{Title: "Why nodes were taken away", Unit: Number, Queries: []Query{{"sum by (reason) (increase(karpenter_nodeclaims_disrupted_total[1h]))", "{{reason}}"}}},
		{Title: "Nodes that will go", About: "Spot interruptions and other messages of EC2, in an hour.", Unit: Number, Queries: []Query{{"sum by (message_type) (increase(karpenter_interruption_received_messages_total[1h]))", "{{message_type}}"}}},
		{Title: "Pods it has no node for", Unit: Number, Queries: []Query{{"max(karpenter_scheduler_unschedulable_pods_count)", "pods"}}},
		{Title: "Failures of EC2", About: "No capacity, no quota, no right.", Unit: PerSecond, Queries: []Query{{"sum by (method, error) (rate(karpenter_cloudprovider_errors_total[$__rate_interval]))", "{{method}} {{error}}"}}},
	}
}

// queues is what YuniKorn says of the teams' queues
// (https://github.com/apache/yunikorn-core/tree/v1.8.0/pkg/metrics): cores in
// thousandths, memory in bytes.
func queues() []Panel {
	share := func(resource string) []Query {
		return []Query{{`max by (queue) (yunikorn_queue_resource{state="allocated",resource="` + resource + `"} / ignoring (state) (yunikorn_queue_resource{state="max",resource="` + resource + `"} > 0))`, "{{queue}}"}}
	}
	return []Panel{
		{Title: "Queues: cores", About: "Share of the most that a team may have.", Unit: Share, Queries: share("vcore")},
		{Title: "Queues: memory", About: "Share of the most that a team may have.", Unit: Share, Queries: share("memory")},
		{Title: "Queues: cores that are waited for", Unit: Cores, Queries: []Query{{`max by (queue) (yunikorn_queue_resource{state="pending",resource="vcore"}) / 1000`, "{{queue}}"}}},
		{Title: "Queues: applications", Unit: Number, Queries: []Query{{`max by (queue, state) (yunikorn_queue_app{state=~"accepted|running|failing"})`, "{{queue}} {{state}}"}}},
		{Title: "Attempts to place a pod", Unit: PerSecond, Queries: []Query{{"sum by (state) (rate(yunikorn_scheduler_container_allocation_attempt_total[$__rate_interval]))", "{{state}}"}}},
		{Title: "Nodes that it knows", Unit: Number, Queries: []Query{{"sum by (state) (yunikorn_scheduler_node)", "{{state}}"}}},
	}
}
