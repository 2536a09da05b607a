package operator

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/platform"
)

// settings are the operator's own. The intervals are its defaults, which are for
// thousands of jobs; what the DNS cache costs stands in docs/benchmarks.md.
var settings = map[string]string{
	// Rollback and the cleaning up of savepoints have one owner, and it is not the operator.
	"kubernetes.operator.deployment.rollback.enabled": "false",
	"kubernetes.operator.savepoint.cleanup.enabled":   "false",
	// Two replicas, of which one works.
	"kubernetes.operator.leader-election.enabled":    "true",
	"kubernetes.operator.leader-election.lease-name": "flink-operator-lease",
	"kubernetes.operator.health.probe.enabled":       "true",
}

// dnsCache has the operator's JVM ask for a job's address again within a second: a
// JobManager that was started anew has another, and until the cache forgets the old
// one (30 seconds) the operator calls the job unreachable.
const dnsCache = "-Dsun.net.inetaddr.ttl=1 -Dsun.net.inetaddr.negative.ttl=1"

// metricsPort is where the operator tells its metrics, and flinkMetricsPort where the
// jobs do; a team's network policy and a monitor name the latter.
const (
	metricsPort      = 9999
	flinkMetricsPort = "9249"
)

const prometheusReporter = "org.apache.flink.metrics.prometheus.PrometheusReporterFactory"

// told are the settings, with where metrics are told if somebody reads them. What
// is no setting of the operator's own is the default of every job, which its
// manifest may change
// (https://nightlies.apache.org/flink/flink-kubernetes-operator-docs-stable/docs/operations/metrics-logging/).
func told(p platform.Platform) map[string]string {
	all := maps.Clone(settings)
	if p.Observability.Metrics {
		all["kubernetes.operator.metrics.reporter.prom.factory.class"] = prometheusReporter
		all["kubernetes.operator.metrics.reporter.prom.port"] = strconv.Itoa(metricsPort)
		all["metrics.reporter.prom.factory.class"] = prometheusReporter
		all["metrics.reporter.prom.port"] = flinkMetricsPort
	}
	return all
}

// conf is the configuration as the operator's Flink reads it: no YAML, values
// stand without quotes.
func conf(all map[string]string) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(all)) {
		b.WriteString(key + ": " + all[key] + "\n")
	}
	return b.String()
}

// apacheValues are those of Apache's chart.
func apacheValues(core cluster.Core, p platform.Platform) map[string]any {
	return withMetrics(p, map[string]any{
		"replicas":             2,
		"image":                map[string]any{"repository": "ghcr.io/apache/flink-kubernetes-operator", "tag": charts.ApacheOperator.App},
		"watchNamespaces":      namespacesOf(p),
		"operatorPod":          pod(core),
		"webhook":              map[string]any{"create": p.AddOns.CertManager},
		"defaultConfiguration": map[string]any{"create": true, "append": true, "flink-conf.yaml": conf(told(p))},
	})
}

// withMetrics has the pods name the port of the metrics.
func withMetrics(p platform.Platform, values map[string]any) map[string]any {
	if p.Observability.Metrics {
		values["metrics"] = map[string]any{"port": metricsPort}
	}
	return values
}

// emrValues are those of EMR's chart, a fork of Apache's. Which keys it has beyond
// those that AWS's pages name is not published.
func emrValues(core cluster.Core, p platform.Platform, role string) map[string]any {
	return withMetrics(p, map[string]any{
		"replicas":                2,
		"highAvailabilityEnabled": true,
		"watchNamespaces":         namespacesOf(p),
		"operatorPod":             pod(core),
		"defaultConfiguration":    map[string]any{"create": true, "append": true, "flink-conf.yaml": conf(told(p))},
		"emrContainers": map[string]any{
			"awsRegion":                p.Region,
			"emrReleaseLabel":          "emr-" + charts.EMROperator.Version + "-flink-k8s-operator-latest",
			"operatorExecutionRoleArn": role,
		},
	})
}

func pod(core cluster.Core) map[string]any {
	return map[string]any{
		"nodeSelector":      core.NodeSelector,
		"tolerations":       core.Tolerations,
		"priorityClassName": "system-cluster-critical",
		"resources":         cluster.Needs("250m", "1Gi"),
		"env":               []any{map[string]any{"name": "JAVA_TOOL_OPTIONS", "value": dnsCache}},
	}
}

func namespacesOf(p platform.Platform) []any {
	all := []any{}
	for _, t := range p.Teams {
		all = append(all, t.Namespace)
	}
	return all
}
