package observability

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/infra/charts"
	own "github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/constructs/team"
	"github.com/sluice-flink/sluice/infra/platform"
)

// podLogs installs Fluent Bit. What a team's pods print goes to the log group that
// its stack makes, everything else to one that is made here; no group is made in
// passing, where nobody would have said how long it is kept.
func podLogs(scope constructs.Construct, p platform.Platform, on cluster.Cluster) {
	rest := own.NewLogGroup(scope, "PodLog", jsii.String(podGroup(p)), jsii.Number(p.Observability.LogDays))
	role := cluster.PodRole(scope, "FluentBitRole", "Fluent Bit")
	names := []string{podGroup(p)}
	for _, t := range p.Teams {
		names = append(names, team.LogGroup(p, t))
	}
	for _, right := range sendingRights(names) {
		role.AddToPolicy(own.Allow(right.sid, []string{right.action}, right.resources...))
	}
	own.JustifyWildcards(role, "A pod has a stream of its own, whose name nobody knows beforehand; the groups are named.", `/^Resource::arn:.*:log-group:\/.*$/`)
	identity := on.Identify(scope, "FluentBitIdentity", charts.FluentBit.Namespace, sender, role)
	on.Install(scope, "FluentBit", charts.FluentBit, fluentBitValues(p)).Node().AddDependency(identity, role, rest)
}

// podGroup is where the lines of all pods go but those of teams.
func podGroup(p platform.Platform) string { return "/" + p.Name + "/pods" }

// right is what may be done with which.
type right struct {
	sid, action string
	resources   []*string
}

// sendingRights are held to the groups: a stream is made in a group, and lines are
// put into a stream
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html).
func sendingRights(groups []string) []right {
	var streams, lines []*string
	for _, name := range groups {
		arn := "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:" + name
		streams = append(streams, awscdk.Fn_Sub(jsii.String(arn+":*"), nil))
		lines = append(lines, awscdk.Fn_Sub(jsii.String(arn+":log-stream:*"), nil))
	}
	return []right{
		{"MakeStreams", "logs:CreateLogStream", streams},
		{"SendLines", "logs:PutLogEvents", lines},
	}
}

// fluentBitValues are those of AWS's chart.
// Lines that cannot be sent wait on the node's disk, in a directory that outlives
// the pod, the oldest given up first. A pod that prints too much thus costs its own
// lines and nobody's memory.
func fluentBitValues(p platform.Platform) map[string]any {
	values := map[string]any{
		"serviceAccount":    map[string]any{"name": sender},
		"priorityClassName": "system-node-critical",
		"tolerations":       []any{map[string]any{"operator": "Exists"}}, // every node's pods are heard
		"resources":         cluster.Needs("50m", "250Mi"),
		"service":           map[string]any{"extraService": service},
		"input":             map[string]any{"extraInputs": ofOthers(p)},
		// Lines go as they were printed: the stream says which pod's they are.
		"filter": map[string]any{"mergeLog": "Off", "extraFilters": "Labels Off\nAnnotations Off\n"},
		"cloudWatchLogs": map[string]any{
			"match": "kube.*", "region": p.Region, "logGroupName": podGroup(p),
			"logStreamTemplate": stream, "logStreamPrefix": "pod-", "logKey": "log",
			"autoCreateGroup": false, "extraOutputs": waiting,
		},
	}
	if len(p.Teams) > 0 {
		values["additionalInputs"] = section("INPUT",
			"Name tail", "Tag flink.*", "Path "+strings.Join(files(p.Teams), ","), "DB /var/log/flb_flink.db",
			"multiline.parser docker, cri", "Skip_Long_Lines On", "Refresh_Interval 10", following)
		values["additionalFilters"] = section("FILTER",
			"Name kubernetes", "Match flink.*", "Kube_Tag_Prefix flink.var.log.containers.", "Keep_Log On", "Merge_Log Off",
			"K8S-Logging.Exclude On", "Labels Off", "Annotations Off")
		values["additionalOutputs"] = section("OUTPUT",
			"Name cloudwatch_logs", "Match flink.*", "region "+p.Region, "log_group_name "+podGroup(p), "log_stream_prefix pod-",
			"log_group_template /"+p.Name+"/flink/$kubernetes['namespace_name']", "log_stream_template "+stream, "log_key log",
			strings.TrimSpace(waiting))
	}
	return values
}

const (
	// stream is the name of a container's stream.
	stream = "$kubernetes['pod_name'].$kubernetes['container_name']"
	// following a file: from its first line, since a node's first pods print before
	// Fluent Bit is there, and for half a minute after it was rotated.
	following = "Read_from_Head On\nRotate_Wait 30\nstorage.type filesystem"
	// waiting is what an output keeps on disk, and how often it tries: some hours.
	waiting = "storage.total_limit_size 512M\nRetry_Limit 15\n"
	// service has chunks wait on disk, 32 of 2 MB of them in memory at most. Not
	// reaching CloudWatch is no illness that starting anew would cure.
	service = `HTTP_Server On
HTTP_Listen 0.0.0.0
HTTP_PORT 2020
Health_Check On
HC_Errors_Count 100
HC_Retry_Failure_Count 100
HC_Period 60
storage.path /var/log/flb-storage/
storage.sync normal
storage.max_chunks_up 32
storage.backlog.mem_limit 16M
`
)

// ofOthers leaves out what the other input reads, and Fluent Bit itself: a line
// about a line that was not sent would be one more.
func ofOthers(p platform.Platform) string {
	without := slices.Concat([]string{fmt.Sprintf("/var/log/containers/*_%s_*.log", charts.FluentBit.Namespace)}, files(p.Teams))
	return "Exclude_Path " + strings.Join(without, ",") + "\n" + following + "\n"
}

// files are those of the teams' containers: <pod>_<namespace>_<container>-<id>.log.
func files(teams []platform.Team) []string {
	var all []string
	for _, t := range teams {
		all = append(all, fmt.Sprintf("/var/log/containers/*_%s_*.log", t.Namespace))
	}
	return all
}

// section is one of Fluent Bit's configuration.
func section(name string, lines ...string) string {
	text := "[" + name + "]\n"
	for line := range strings.SplitSeq(strings.Join(lines, "\n"), "\n") {
		text += "    " + line + "\n"
	}
	return text
}
