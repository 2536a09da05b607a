package addons

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/platform"
)

func someday(region, partition string) platform.Platform {
	p := platform.New()
	p.Region, p.Partition = region, partition
	p.AddOns.Pools[0].Architecture = platform.ARM
	return p
}

// all are the values of every chart, by the chart's name.
func all(p platform.Platform) map[string]map[string]any {
	core := cluster.CoreOf(p)
	return map[string]map[string]any{
		"metrics-server":     metricsServer(core),
		"cert-manager":       certManager(core),
		"cluster-autoscaler": autoscalerValues(core, p),
		"karpenter":          karpenterValues(core, p, "https://cluster", "queue"),
		"yunikorn":           yuniKorn(core, p.Teams),

		"aws-load-balancer-controller": loadBalancerValues(core, p, "vpc-1"),
	}
}

// parts are the places in a chart's values that pods are made of.
func parts(chart string, values map[string]any) map[string]map[string]any {
	found := map[string]map[string]any{chart: values}
	for _, part := range []string{"webhook", "cainjector", "startupapicheck", "admissionController"} {
		if inner, ok := values[part].(map[string]any); ok {
			found[chart+"."+part] = inner
		}
	}
	return found
}

func TestEverythingOfThePlatformStandsOnTheCoreGroupAndSaysWhatItNeeds(t *testing.T) {
	for chart, values := range all(someday("eu-west-1", "aws")) {
		for name, part := range parts(chart, values) {
			selector, _ := part["nodeSelector"].(map[string]any)
			if selector[cluster.GroupLabel] != "core" {
				t.Errorf("%s selects %v", name, selector)
			}
			tolerations, _ := part["tolerations"].([]any)
			if diff := cmp.Diff([]any{map[string]any{"key": "CriticalAddonsOnly", "operator": "Exists"}}, tolerations); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			if chart == "karpenter" {
				part, _ = part["controller"].(map[string]any)
			}
			resources, _ := part["resources"].(map[string]any)
			requests, _ := resources["requests"].(map[string]any)
			if requests["cpu"] == nil || requests["memory"] == nil {
				t.Errorf("%s requests %v", name, requests)
			}
		}
	}
}

func TestOnAClusterThatExistsNobodyWaitsForALabelOfOurs(t *testing.T) {
	p := someday("eu-west-1", "aws")
	p.Cluster.Existing = &platform.ExistingCluster{Name: "main", Version: "1.34"}
	for chart, values := range all(p) {
		for name, part := range parts(chart, values) {
			if selector := part["nodeSelector"].(map[string]any); selector[cluster.GroupLabel] != nil {
				t.Errorf("%s selects %v", name, selector)
			}
		}
	}
	if tag := autoscalerValues(cluster.CoreOf(p), p)["image"].(map[string]any)["tag"]; tag != "v1.34.5" {
		t.Errorf("the Cluster Autoscaler of a cluster 1.34 is %v", tag)
	}
}

func TestWhatIsOnTheWayOfJobsHasTwoReplicas(t *testing.T) {
	for chart, key := range map[string]string{"metrics-server": "replicas", "cert-manager": "replicaCount", "cluster-autoscaler": "replicaCount", "karpenter": "replicas", "aws-load-balancer-controller": "replicaCount"} {
		if n := all(someday("eu-west-1", "aws"))[chart][key]; n != 2 {
			t.Errorf("%s has %v replicas", chart, n)
		}
	}
	for _, part := range []string{"webhook", "cainjector"} {
		if n := all(someday("eu-west-1", "aws"))["cert-manager"][part].(map[string]any)["replicaCount"]; n != 2 {
			t.Errorf("cert-manager's %s has %v replicas", part, n)
		}
	}
}

// Managed groups have tags by which they are found; the nodes of Karpenter's pools are
// in no group, and of another cluster's it is told nothing.
func TestTheClusterAutoscalerGrowsTheGroupsOfThisClusterAlone(t *testing.T) {
	p := someday("eu-west-1", "aws")
	values := autoscalerValues(cluster.CoreOf(p), p)
	if diff := cmp.Diff(any(map[string]any{"clusterName": "sluice"}), values["autoDiscovery"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// A TaskManager is not moved to save a node: a whole job would restart.
	if arguments := values["extraArgs"].(map[string]any); arguments["scale-down-utilization-threshold"] != "0.01" || arguments["ignore-daemonsets-utilization"] != true {
		t.Errorf("it removes nodes that are used: %v", arguments)
	}
	for _, field := range []string{"autoscalingGroups", "autoscalingGroupsnamePrefix", "magnumClusterName"} {
		if values[field] != nil {
			t.Errorf("it is told of groups by %s: %v", field, values[field])
		}
	}
}

func TestATeamsPodsAreScheduledFromAQueueThatItsNamespaceSays(t *testing.T) {
	teams := []platform.Team{
		{Name: "fraud", Namespace: "flink-team-fraud-ns", Quota: platform.Quota{CPU: 64, MemoryGiB: 256, Pods: 100}},
		{Name: "search", Namespace: "jobs", Quota: platform.Quota{CPU: 8, MemoryGiB: 32, Pods: 12}},
	}
	defaults := yuniKorn(cluster.Core{}, teams)["yunikornDefaults"].(map[string]any)
	if got := defaults["admissionController.filtering.processNamespaces"]; got != "^flink-team-fraud-ns$,^jobs$" {
		t.Errorf("it schedules the pods of %v", got)
	}
	var got any
	if err := yaml.Unmarshal([]byte(defaults["queues.yaml"].(string)), &got); err != nil {
		t.Fatal(err)
	}
	max := func(cpu, memory, pods string) map[string]any {
		return map[string]any{"max": map[string]any{"vcore": cpu, "memory": memory, "pods": pods}}
	}
	want := map[string]any{"partitions": []any{map[string]any{
		"name":           "default",
		"preemption":     map[string]any{"enabled": false},
		"nodesortpolicy": map[string]any{"type": "binpacking"},
		"placementrules": []any{map[string]any{"name": "tag", "value": "namespace", "create": false}},
		"queues": []any{map[string]any{"name": "root", "submitacl": "*", "queues": []any{
			map[string]any{"name": "flink-team-fraud-ns", "resources": max("64", "256Gi", "100")},
			map[string]any{"name": "jobs", "resources": max("8", "32Gi", "12")},
		}}},
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWithoutTeamsTheSchedulerTakesNobodysPods(t *testing.T) {
	defaults := yuniKorn(cluster.Core{}, nil)["yunikornDefaults"].(map[string]any)
	if got := defaults["admissionController.filtering.processNamespaces"]; got != "^$" {
		t.Errorf("it schedules the pods of %q; nothing said is every namespace", got)
	}
}

// The names are those of the makers' template, and so are what they allow: a
// statement more is a right that nobody reviewed.
func TestKarpenterHasTheStatementsOfItsMakersButThoseThatWriteProfilesAndMayHaveSpot(t *testing.T) {
	var got []string
	for _, s := range karpenterStatements(someday("eu-west-1", "aws"), "111122223333", "arn:aws:iam::111122223333:role/nodes", "arn:aws:sqs:eu-west-1:111122223333:q") {
		got = append(got, s.Sid)
	}
	slices.Sort(got)
	want := []string{
		"AllowAPIServerEndpointDiscovery", "AllowInstanceProfileReadActions", "AllowInterruptionQueueActions",
		"AllowPassingInstanceRole", "AllowPricingReadActions", "AllowRegionalReadActions", "AllowSSMReadActions",
		"AllowScopedDeletion", "AllowScopedEC2InstanceAccessActions", "AllowScopedEC2InstanceActionsWithTags",
		"AllowScopedEC2LaunchTemplateAccessActions", "AllowScopedResourceCreationTagging", "AllowScopedResourceTagging",
		"AllowSpotServiceLinkedRole", "AllowUnscopedInstanceProfileListAction",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What it makes is found by the load balancer's name or by the cluster's mark; beside
// that it may let its groups reach the pods.
func TestTheControllerOfWebPagesTouchesOneLoadBalancerAndWhatItMade(t *testing.T) {
	p := someday("cn-north-1", "aws-cn")
	for _, s := range loadBalancerStatements(p, place{group: "sg-1", vpc: "vpc-1"}, "111122223333") {
		held := yamlOf(t, s.Condition)
		for _, resource := range s.Resources {
			named := strings.Contains(resource, "/app/flink-sluice/") || strings.HasSuffix(resource, "/AWSServiceRoleForElasticLoadBalancing") ||
				strings.HasSuffix(resource, ":security-group/sg-1") || strings.HasSuffix(resource, ":vpc/vpc-1")
			switch {
			case s.Sid == "Read":
				if resource != "*" || !strings.Contains(held, "aws:RequestedRegion: cn-north-1") {
					t.Errorf("%s: %s, %s", s.Sid, resource, held)
				}
			case !strings.HasPrefix(resource, "arn:aws-cn:"):
				t.Errorf("%s: %s is of another partition", s.Sid, resource)
			case s.Sid == "MakeGroups" || s.Sid == "RegisterPods":
				// a group is marked as it is made; target groups have names of the controller's
			case !named && !strings.Contains(held, "elbv2.k8s.aws/cluster: sluice"):
				t.Errorf("%s reaches %s, whosever it is: %s", s.Sid, resource, held)
			}
		}
	}
}

// Elastic Load Balancing asks EC2 in the name of who calls it; no call of the
// controller's own shows that.
func TestTheControllerOfWebPagesMayWhatALoadBalancerIsMadeBy(t *testing.T) {
	may := map[string]bool{}
	for _, s := range loadBalancerStatements(someday("eu-west-1", "aws"), place{group: "sg-1", vpc: "vpc-1"}, "111122223333") {
		for _, action := range s.Actions {
			may[action] = true
		}
	}
	for _, action := range []string{
		"iam:CreateServiceLinkedRole", "ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeInstances", "ec2:DescribeInternetGateways",
		"ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:GetSecurityGroupsForVpc",
	} {
		if !may[action] {
			t.Errorf("it may not %s", action)
		}
	}
}

// unheld are the actions that no tag holds: with images and subnets to launch with, one
// role, one queue, EC2's own role.
var unheld = map[string][]string{
	"AllowScopedEC2InstanceAccessActions": {"ec2:RunInstances", "ec2:CreateFleet"},
	"AllowPassingInstanceRole":            {"iam:PassRole"},
	"AllowInterruptionQueueActions":       {"sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"},
	"AllowSpotServiceLinkedRole":          {"iam:CreateServiceLinkedRole"},
}

func TestNoRightReachesBeyondThisClusterUnlessItOnlyReadsOrNamesWhatALaunchUses(t *testing.T) {
	p := someday("cn-north-1", "aws-cn")
	statements := append(karpenterStatements(p, "111122223333", "arn:aws-cn:iam::111122223333:role/nodes", "arn:aws-cn:sqs:cn-north-1:111122223333:q"), autoscalerStatements(p, "111122223333")...)
	for _, s := range statements {
		for _, resource := range s.Resources {
			if resource != "*" && !strings.HasPrefix(resource, "arn:aws-cn:") {
				t.Errorf("%s: %s is of another partition", s.Sid, resource)
			}
		}
		held := strings.Contains(yamlOf(t, s.Condition), "kubernetes.io/cluster/sluice: owned") || strings.Contains(yamlOf(t, s.Condition), "k8s.io/cluster-autoscaler/sluice: owned")
		if actions, named := unheld[s.Sid]; named {
			if diff := cmp.Diff(actions, s.Actions); diff != "" {
				t.Errorf("%s (-want +got):\n%s", s.Sid, diff)
			}
			continue
		}
		for _, action := range s.Actions {
			_, verb, _ := strings.Cut(action, ":")
			if reads := strings.HasPrefix(verb, "Describe") || strings.HasPrefix(verb, "Get") || strings.HasPrefix(verb, "List"); !reads && !held {
				t.Errorf("%s allows %s whatever the tags say: %v", s.Sid, action, s.Condition)
			}
		}
	}
}

func yamlOf(t *testing.T, v any) string {
	t.Helper()
	raw, err := yaml.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestAPoolHasSpotAndOnDemandNodesAndRemovesOnlyEmptyOnes(t *testing.T) {
	pool := platform.Pool{Name: "flink-compute-optimized", Architecture: platform.X86, Categories: []string{"c", "m"}, CPU: 64, MemoryGiB: 128, DiskGiB: 50}
	spec := nodePool(pool)["spec"].(map[string]any)
	got := map[string]any{}
	for _, r := range spec["template"].(map[string]any)["spec"].(map[string]any)["requirements"].([]any) {
		requirement := r.(map[string]any)
		got[requirement["key"].(string)] = requirement["values"]
	}
	for key, want := range map[string][]any{
		"karpenter.sh/capacity-type":            {"spot", "on-demand"},
		"kubernetes.io/arch":                    {"amd64"},
		"karpenter.k8s.aws/instance-category":   {"c", "m"},
		"karpenter.k8s.aws/instance-local-nvme": {"0"},
		"karpenter.k8s.aws/instance-generation": {"4"},
	} {
		if diff := cmp.Diff(any(want), got[key]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", key, diff)
		}
	}
	labels := spec["template"].(map[string]any)["metadata"].(map[string]any)["labels"]
	if diff := cmp.Diff(any(map[string]any{"sluice.dev/node-group": "flink-compute-optimized", "NodeGroupType": "FlinkComputeOptimized"}), labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(any(map[string]any{"cpu": "64", "memory": "128Gi"}), spec["limits"]); diff != "" {
		t.Errorf("limits (-want +got):\n%s", diff)
	}
	disrupted := map[string]any{"consolidationPolicy": "WhenEmpty", "consolidateAfter": "5m", "budgets": []any{
		map[string]any{"nodes": "100%", "reasons": []any{"Empty"}}, map[string]any{"nodes": "0", "reasons": []any{"Drifted", "Underutilized"}},
	}}
	if diff := cmp.Diff(any(disrupted), spec["disruption"]); diff != "" {
		t.Errorf("nodes are removed (-want +got):\n%s", diff)
	}
	// A month until a node is old, and two days for pods that may not be disturbed.
	if node := spec["template"].(map[string]any)["spec"].(map[string]any); node["expireAfter"] != "720h" || node["terminationGracePeriod"] != "48h" {
		t.Errorf("a node goes after %v, and waits %v", node["expireAfter"], node["terminationGracePeriod"])
	}
}

func TestANodeKeepsItsRoleFromPodsAndItsDiskEncrypted(t *testing.T) {
	class := nodeClass(platform.Pool{Name: "jobs", DiskGiB: 50}, place{profile: "nodes", group: "sg-1", subnets: []string{"subnet-1", "subnet-2"}})
	spec := class["spec"].(map[string]any)
	options := spec["metadataOptions"].(map[string]any)
	if options["httpPutResponseHopLimit"] != 1 || options["httpTokens"] != "required" {
		t.Errorf("a pod could take the node's role: %v", options)
	}
	if spec["instanceStorePolicy"] != "RAID0" || spec["instanceProfile"] != "nodes" || spec["role"] != nil {
		t.Errorf("pods write to its own disks by %v, and it runs as %v %v", spec["instanceStorePolicy"], spec["instanceProfile"], spec["role"])
	}
	disk := spec["blockDeviceMappings"].([]any)[0].(map[string]any)["ebs"].(map[string]any)
	if disk["encrypted"] != true || disk["volumeSize"] != "50Gi" || disk["deleteOnTermination"] != true {
		t.Errorf("its disk is %v", disk)
	}
	if diff := cmp.Diff(any([]any{map[string]any{"id": "subnet-1"}, map[string]any{"id": "subnet-2"}}), spec["subnetSelectorTerms"]); diff != "" {
		t.Errorf("subnets (-want +got):\n%s", diff)
	}
}
