package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/functions"
)

const observabilityStack = "sluice-observability"

func TestTheWorkspaceIsEncryptedWithAKeyOfItsOwnAndForgetsInTime(t *testing.T) {
	stack := read(t, observabilityStack)
	_, workspace := stack.only(t, "AWS::APS::Workspace")
	key, made := stack.only(t, "AWS::KMS::Key")
	if got := text(workspace.Properties["KmsKeyArn"]); got != "<"+key+".Arn>" || made.Properties["EnableKeyRotation"] != true {
		t.Errorf("it is encrypted with %s", got)
	}
	if days := at(workspace.Properties, "WorkspaceConfiguration", "RetentionPeriodInDays"); days != 90.0 {
		t.Errorf("it keeps metrics for %v days", days)
	}
	if log := text(at(workspace.Properties, "LoggingConfiguration", "LogGroupArn")); !strings.HasPrefix(log, "<WorkspaceLog") {
		t.Errorf("it says what is wrong with rules to %s", log)
	}
}

// Each service account has what its pods do, in the workspace and the groups of this
// platform: to write metrics is not to read them.
func TestWhoGathersReadsAndSendsHasThatRightAndNoOther(t *testing.T) {
	stack := read(t, observabilityStack)
	accounts := map[string]string{}
	for _, association := range stack.ofType("AWS::EKS::PodIdentityAssociation") {
		accounts[roleOf(association.Properties["RoleArn"])] = text(association.Properties["Namespace"]) + "/" + text(association.Properties["ServiceAccount"])
	}
	got := map[string][]string{}
	for role, statements := range statementsOf(stack) {
		for _, s := range statements {
			for _, action := range s.actions {
				for _, resource := range s.resources {
					_, resource, _ = strings.Cut(resource, "<AWS::AccountId>:")
					got[accounts[role]] = append(got[accounts[role]], strings.TrimSpace(action+" "+resource))
				}
			}
		}
	}
	want := map[string][]string{
		"monitoring/prometheus": {"aps:RemoteWrite"},
		"monitoring/grafana":    {"aps:QueryMetrics", "aps:GetLabels", "aps:GetSeries", "aps:GetMetricMetadata", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics"},
		"logging/fluent-bit": {
			"logs:CreateLogStream log-group:/sluice/pods:*", "logs:CreateLogStream log-group:/sluice/flink/flink-team-a-ns:*",
			"logs:PutLogEvents log-group:/sluice/pods:log-stream:*", "logs:PutLogEvents log-group:/sluice/flink/flink-team-a-ns:log-stream:*",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, statements := range statementsOf(stack) {
		for _, s := range statements {
			for _, action := range s.actions {
				if strings.HasPrefix(action, "aps:") && !slices.Equal(s.resources, []string{"<Workspace.Arn>"}) {
					t.Errorf("%s of %v", action, s.resources)
				}
			}
		}
	}
}

func TestEveryLogGroupIsKeptAsLongAsTheFileSays(t *testing.T) {
	groups := read(t, observabilityStack).ofType("AWS::Logs::LogGroup")
	if len(groups) != 2 {
		t.Errorf("%d log groups", len(groups))
	}
	for id, group := range groups {
		if group.Properties["RetentionInDays"] != 90.0 {
			t.Errorf("%s is kept %v days", id, group.Properties["RetentionInDays"])
		}
	}
}

// A pod that starts before its rights are there never gets them; a monitor is of a
// kind that the chart defines, and a dashboard of a namespace that it makes.
func TestRightsComeBeforePodsAndObjectsAfterTheirDefinitions(t *testing.T) {
	stack := read(t, observabilityStack)
	for id, r := range stack.Resources {
		after := texts(r.DependsOn)
		waits := func(prefix string) bool {
			return slices.ContainsFunc(after, func(s string) bool { return strings.HasPrefix(s, prefix) })
		}
		switch {
		case r.Type == helmChart && r.Properties["Chart"] == "aws-for-fluent-bit" && !(waits("FluentBitIdentity") && waits("PodLog")),
			r.Type == helmChart && r.Properties["Chart"] == "kube-prometheus-stack" && !(waits("PrometheusIdentity") && waits("GrafanaIdentity")),
			r.Type == kubeObject && !waits("PrometheusStack"):
			t.Errorf("%s waits for %v", id, after)
		}
	}
}

func TestDashboardsAreWhereGrafanaLooksForThem(t *testing.T) {
	found := 0
	for id, r := range read(t, observabilityStack).ofType(kubeObject) {
		if !strings.HasPrefix(id, "Dashboard") {
			continue
		}
		found++
		var objects []struct {
			Kind     string
			Metadata struct {
				Namespace string
				Labels    map[string]string
			}
			Data map[string]string
		}
		if err := json.Unmarshal([]byte(text(r.Properties["Manifest"])), &objects); err != nil {
			t.Fatal(err)
		}
		o := objects[0]
		if o.Kind != "ConfigMap" || o.Metadata.Namespace != "monitoring" || o.Metadata.Labels["grafana_dashboard"] != "1" || len(o.Data) != 1 {
			t.Errorf("%s is %s in %s with %v", id, o.Kind, o.Metadata.Namespace, o.Metadata.Labels)
		}
		for file, page := range o.Data {
			if !strings.HasSuffix(file, ".json") || !json.Valid([]byte(page)) {
				t.Errorf("%s: %s is no JSON", id, file)
			}
		}
	}
	if found != 4 {
		t.Errorf("there are %d dashboards", found)
	}
}

// What a policy's analysis asks is the workspace of the platform; the right to ask
// is to that one.
func TestReleasePoliciesAskTheWorkspaceOfThePlatform(t *testing.T) {
	plane := read(t, "sluice-eventplane")
	_, observe := functionOf(t, plane, functions.Catalogue()[0])
	url := text(at(observe.Properties, "Environment", "Variables", functions.EnvPrometheus))
	if !strings.HasPrefix(url, "https://aps-workspaces.eu-west-1.<AWS::URLSuffix>/workspaces/") || strings.HasSuffix(url, "/") || !strings.Contains(url, "WorkspaceId") {
		t.Errorf("functions ask %s", url)
	}
	granted := false
	for _, statements := range statementsOf(plane) {
		for _, s := range statements {
			if slices.Contains(s.actions, "aps:QueryMetrics") {
				granted = strings.Contains(s.resources[0], "WorkspaceId")
			}
		}
	}
	if !granted {
		t.Error("nobody may ask it")
	}
	_, other := functionOf(t, read(t, "other-eventplane"), functions.Catalogue()[0])
	if url := at(other.Properties, "Environment", "Variables", functions.EnvPrometheus); url != "" {
		t.Errorf("in China functions ask %v", url)
	}
}

func TestWithoutMetricsThereAreLogsAlone(t *testing.T) {
	if _, chart := read(t, "other-observability").only(t, helmChart); chart.Properties["Chart"] != "aws-for-fluent-bit" {
		t.Errorf("it installs %v", chart.Properties["Chart"])
	}
	if values := text(chartsOf(t, "other-flink-operator")["flink-kubernetes-operator"].Properties["Values"]); strings.Contains(values, "prometheus") {
		t.Errorf("nobody reads what the operator tells: %s", values)
	}
	if values := text(chartsOf(t, "sluice-flink-operator")["flink-kubernetes-operator"].Properties["Values"]); !strings.Contains(values, `"metrics":{"port":9999}`) || !strings.Contains(values, `\nmetrics.reporter.prom.port: 9249\n`) {
		t.Errorf("the operator is told %s", values)
	}
}
