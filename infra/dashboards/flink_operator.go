package dashboards

import (
	"fmt"

	"github.com/sluice-flink/sluice/infra/charts"
)

// Lifecycle states of a resource, and states of a JobManager's Deployment, as the
// operator names them
// (https://github.com/apache/flink-kubernetes-operator/tree/release-1.15.0/flink-kubernetes-operator-api/src/main/java/org/apache/flink/kubernetes/operator/api).
var (
	lifecycle  = []string{"CREATED", "SUSPENDED", "UPGRADING", "DEPLOYED", "STABLE", "ROLLING_BACK", "ROLLED_BACK", "FAILED", "DELETING"}
	deployment = []string{"READY", "DEPLOYED_NOT_READY", "DEPLOYING", "MISSING", "ERROR"}
)

// flinkOperator is what the operator says of the resources it looks after
// (https://nightlies.apache.org/flink/flink-kubernetes-operator-docs-stable/docs/operations/metrics-logging/).
// Of its two replicas the one that leads says something.
func flinkOperator() Dashboard {
	return Dashboard{
		Name: "flink-operator", Title: "Flink operator",
		Panels: []Panel{
			{Title: "Resources", Unit: Number, Now: true, Queries: counted("flink_k8soperator_namespace_Count")},
			{Title: "Failed", Unit: Number, Now: true, Queries: counted("flink_k8soperator_namespace_Lifecycle_State_FAILED_Count")},
			{Title: "Upgrading", Unit: Number, Now: true, Queries: counted("flink_k8soperator_namespace_Lifecycle_State_UPGRADING_Count")},
			{Title: "Cores asked for", Unit: Cores, Now: true, Queries: counted("flink_k8soperator_namespace_ResourceUsage_Cpu")},
			{Title: "Memory asked for", Unit: Bytes, Now: true, Queries: counted("flink_k8soperator_namespace_ResourceUsage_Memory")},
			{Title: "State in checkpoints", Unit: Bytes, Now: true, Queries: counted("flink_k8soperator_namespace_ResourceUsage_StateSize")},
			{Title: "Resources by lifecycle state", About: "STABLE is well. Rolling back is off: that is a release's affair.", Unit: Number, Queries: eachState("flink_k8soperator_namespace_Lifecycle_State_%s_Count", lifecycle)},
			{Title: "JobManagers by state", Unit: Number, Queries: eachState("flink_k8soperator_namespace_JmDeploymentStatus_%s_Count", deployment)},
			{Title: "Time of an upgrade", About: "Of 95 of 100, from the change to a stable job.", Unit: Seconds, Queries: []Query{
				{`max by (resourcens) (flink_k8soperator_namespace_Lifecycle_Transition_Upgrade_TimeSeconds{quantile="0.95"})`, "{{resourcens}}"},
			}},
			{Title: "Reconciliations", Unit: PerSecond, Queries: []Query{
				{"sum by (resourcens) (rate(flink_k8soperator_namespace_resource_JOSDK_Reconciliation_Count[$__rate_interval]))", "{{resourcens}}"},
			}},
			{Title: "Reconciliations that failed or are tried again", Unit: PerSecond, Queries: []Query{
				{"sum(rate(flink_k8soperator_namespace_resource_JOSDK_Reconciliation_failed_Count[$__rate_interval]))", "failed"},
				{"sum(rate(flink_k8soperator_namespace_resource_JOSDK_Reconciliation_retries_Count[$__rate_interval]))", "tried again"},
			}},
			{Title: "Answers of the API server", Unit: PerSecond, Queries: []Query{
				{"sum by (pod) (rate(flink_k8soperator_KubeClient_HttpResponse_Count[$__rate_interval]))", "{{pod}}"},
			}},
			{Title: "Memory", Unit: Bytes, Queries: []Query{
				{fmt.Sprintf(`sum by (pod) (container_memory_working_set_bytes{namespace=%q,container!=""})`, charts.EMROperator.Namespace), "{{pod}}"},
			}},
			{Title: "Container restarts", Unit: Number, Queries: []Query{
				{fmt.Sprintf(`sum by (pod, container) (kube_pod_container_status_restarts_total{namespace=%q})`, charts.EMROperator.Namespace), "{{pod}} {{container}}"},
			}},
		},
	}
}

// counted sums a gauge of namespaces over them.
func counted(metric string) []Query {
	return []Query{{"sum(max by (resourcens, resourcetype) (" + metric + "))", ""}}
}

// eachState is a query for each state: the operator has it in the metric's name.
func eachState(metric string, states []string) []Query {
	var all []Query
	for _, state := range states {
		all = append(all, Query{counted(fmt.Sprintf(metric, state))[0].Expr, state})
	}
	return all
}
