package observability

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/dashboards"
	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
)

const workspace = "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1"

func someday() platform.Platform {
	p := platform.New()
	p.Region, p.Partition = "eu-west-1", "aws"
	return p
}

// in follows keys into values.
func in(values map[string]any, path ...string) any {
	var at any = values
	for _, key := range path {
		at = at.(map[string]any)[key]
	}
	return at
}

func TestWhatIsWrittenIsSignedAndSaysWhichCluster(t *testing.T) {
	values := prometheusValues(cluster.CoreOf(someday()), someday(), workspace)
	write := in(values, "prometheus", "prometheusSpec", "remoteWrite").([]any)[0].(map[string]any)
	if write["url"] != workspace+"/api/v1/remote_write" || !cmp.Equal(write["sigv4"], map[string]any{"region": "eu-west-1"}) {
		t.Errorf("it writes to %v", write)
	}
	if got := in(values, "prometheus", "prometheusSpec", "externalLabels"); !cmp.Equal(got, map[string]any{"cluster": "sluice"}) {
		t.Errorf("the labels are %v", got)
	}
	if got := in(values, "prometheus", "prometheusSpec", "scrapeInterval"); got != "30s" {
		t.Errorf("it reads every %v", got)
	}
}

// What is dropped where it is read or sent is asked for by no dashboard.
func TestNoDashboardAsksForWhatIsDropped(t *testing.T) {
	p := someday()
	write := in(prometheusValues(cluster.CoreOf(p), p, workspace), "prometheus", "prometheusSpec", "remoteWrite").([]any)[0].(map[string]any)
	dropped := []*regexp.Regexp{whole(write["writeRelabelConfigs"].([]any)[0])}
	for _, monitor := range kubernetes.Monitors(p) {
		for _, field := range []string{"podMetricsEndpoints", "endpoints"} {
			endpoints, _ := monitor["spec"].(map[string]any)[field].([]any)
			for _, endpoint := range endpoints {
				rules, _ := endpoint.(map[string]any)["metricRelabelings"].([]any)
				for _, rule := range rules {
					dropped = append(dropped, whole(rule))
				}
			}
		}
	}
	if len(dropped) != 3 {
		t.Fatalf("%d rules drop something", len(dropped))
	}
	for _, name := range []string{"go_goroutines", "kubelet_running_pods", "container_fs_reads_total", "flink_taskmanager_job_task_buffers_outPoolUsage", "karpenter_cloudprovider_instance_type_memory_bytes"} {
		if !slices.ContainsFunc(dropped, func(r *regexp.Regexp) bool { return r.MatchString(name) }) {
			t.Errorf("%s is paid for", name)
		}
	}
	for _, d := range dashboards.All(p, "111122223333") {
		for _, panel := range d.Panels {
			for _, q := range panel.Queries {
				for _, name := range word.FindAllString(q.Expr, -1) {
					if slices.ContainsFunc(dropped, func(r *regexp.Regexp) bool { return r.MatchString(name) }) {
						t.Errorf("%s: %s asks for %s", d.Title, panel.Title, name)
					}
				}
			}
		}
	}
}

var word = regexp.MustCompile(`[a-zA-Z_]+`)

// whole is the expression of a rule as Prometheus takes it: it matches all of a name.
func whole(rule any) *regexp.Regexp {
	return regexp.MustCompile("^(?:" + rule.(map[string]any)["regex"].(string) + ")$")
}

func TestEverythingButWhatIsOnEveryNodeStandsOnTheCoreGroup(t *testing.T) {
	p := someday()
	core := cluster.CoreOf(p)
	values := prometheusValues(core, p, workspace)
	values["grafana"] = grafanaValues(core, p, workspace)
	for _, path := range [][]string{{"prometheusOperator"}, {"kube-state-metrics"}, {"prometheus", "prometheusSpec"}, {"grafana"}} {
		part := in(values, path...).(map[string]any)
		selector, _ := part["nodeSelector"].(map[string]any)
		resources, _ := part["resources"].(map[string]any)
		if selector[cluster.GroupLabel] != "core" || !cmp.Equal(part["tolerations"], any(core.Tolerations)) || resources["requests"] == nil {
			t.Errorf("%v: %v", path, part)
		}
	}
}

func TestGrafanaSignsReadsItsOwnNamespaceAndIsToldNoPassword(t *testing.T) {
	values := grafanaValues(cluster.CoreOf(someday()), someday(), workspace)
	source := values["additionalDataSources"].([]any)[0].(map[string]any)
	if source["type"] != "grafana-amazonprometheus-datasource" || source["url"] != workspace || in(source, "jsonData", "sigV4Auth") != true {
		t.Errorf("it asks %v", source)
	}
	if !cmp.Equal(values["rbac"], map[string]any{"namespaced": true}) || in(values, "sidecar", "dashboards", "resource") != "configmap" {
		t.Errorf("it may read %v, and looks for %v", values["rbac"], values["sidecar"])
	}
	for _, key := range []string{"admin", "adminPassword", "adminUser", "env"} {
		if values[key] != nil {
			t.Errorf("its values have %s", key)
		}
	}
}

func TestWithoutGrafanaThereIsNone(t *testing.T) {
	p := someday()
	p.Observability.Grafana = false
	if diff := cmp.Diff(map[string]any{"enabled": false}, grafanaValues(cluster.CoreOf(p), p, workspace)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A team's lines are read by one input and everybody else's by the other: none
// twice, none by nobody.
func TestATeamsLinesGoToItsOwnLogGroupAndNowhereElse(t *testing.T) {
	p := someday()
	p.Teams = append(p.Teams, platform.Team{Name: "b", Namespace: "jobs"})
	values := fluentBitValues(p)
	paths := regexp.MustCompile(`(?m)Path (\S+)$`)
	theirs := paths.FindStringSubmatch(values["additionalInputs"].(string))[1]
	if theirs != "/var/log/containers/*_flink-team-a-ns_*.log,/var/log/containers/*_jobs_*.log" {
		t.Errorf("of the teams it reads %s", theirs)
	}
	rest := in(values, "input", "extraInputs").(string)
	if !strings.Contains(rest, "Exclude_Path /var/log/containers/*_logging_*.log,"+theirs+"\n") {
		t.Errorf("of the rest it leaves out:\n%s", rest)
	}
	if output := values["additionalOutputs"].(string); !strings.Contains(output, "log_group_template /sluice/flink/$kubernetes['namespace_name']\n") {
		t.Errorf("it sends theirs so:\n%s", output)
	}
}

func TestNoLogGroupIsMadeInPassingAndWhatWaitsHasABound(t *testing.T) {
	values := fluentBitValues(someday())
	if in(values, "cloudWatchLogs", "autoCreateGroup") != false {
		t.Error("a group would be made that nobody said how long to keep")
	}
	for where, text := range map[string]any{"the rest": in(values, "cloudWatchLogs", "extraOutputs"), "the teams": values["additionalOutputs"]} {
		if !strings.Contains(text.(string), "storage.total_limit_size 512M\n") || strings.Contains(text.(string), "auto_create_group") {
			t.Errorf("lines of %s wait so:\n%s", where, text)
		}
	}
	if strings.Count(in(values, "input", "extraInputs").(string)+values["additionalInputs"].(string), "storage.type filesystem") != 2 {
		t.Error("lines would wait in memory")
	}
}

func TestWithoutTeamsFluentBitReadsOneKindOfLines(t *testing.T) {
	p := someday()
	p.Teams = nil
	if values := fluentBitValues(p); values["additionalInputs"] != nil || values["additionalOutputs"] != nil {
		t.Errorf("it reads %v", values)
	}
}

func TestGrafanasPluginIsFetchedFromWhereTheFileSays(t *testing.T) {
	p := someday()
	for from, want := range map[string]string{"": plugin + "@" + pluginVersion, "https://files.example.com/p.zip": plugin + "@" + pluginVersion + "@https://files.example.com/p.zip"} {
		p.Mirror.GrafanaPlugin = from
		if got := in(grafanaValues(cluster.CoreOf(p), p, workspace), "plugins"); !cmp.Equal(got, []any{want}) {
			t.Errorf("from %q: %v", from, got)
		}
	}
}
