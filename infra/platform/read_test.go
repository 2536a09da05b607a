package platform_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/platform"
)

var regions = platform.Regions{"eu-west-1": "aws", "us-east-1": "aws", "eu-central-1": "aws", "cn-north-1": "aws-cn", "us-iso-east-1": "aws-iso"}

func TestAFileThatSaysARegionAloneHasADefaultForTheRest(t *testing.T) {
	got, err := platform.Read("platform.yaml", []byte("region: eu-central-1\n"), regions)
	if err != nil {
		t.Fatal(err)
	}
	want := platform.New()
	want.Region, want.Partition = "eu-central-1", "aws"
	want.AddOns.Pools[0].Architecture = platform.ARM
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheFileThatPeopleCopyShowsTheDefaults(t *testing.T) {
	got, err := platform.Open("../platform.yaml", regions)
	if err != nil {
		t.Fatal(err)
	}
	want := platform.New()
	want.Region, want.Partition = "eu-west-1", "aws"
	want.AddOns.Pools[0].Architecture = platform.ARM
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestThePartitionIsTheRegions(t *testing.T) {
	got, err := platform.Read("platform.yaml", []byte("region: cn-north-1\nobservability: {metrics: false, grafana: false}\nmirror: {reachesMakers: true}\n"), regions)
	if err != nil || got.Partition != platform.China {
		t.Errorf("%s, %v", got.Partition, err)
	}
}

func TestATeamHasANamespaceAndAQuotaWithoutSayingSo(t *testing.T) {
	got, err := platform.Read("f.yaml", []byte("region: eu-west-1\nteams: [{name: fraud}, {name: search, namespace: jobs, quota: {cpu: 8, memoryGiB: 32, pods: 12}}]\n"), regions)
	if err != nil {
		t.Fatal(err)
	}
	want := []platform.Team{
		{Name: "fraud", Namespace: "flink-team-fraud-ns", Quota: platform.NewQuota()},
		{Name: "search", Namespace: "jobs", Quota: platform.Quota{CPU: 8, MemoryGiB: 32, Pods: 12}},
	}
	if diff := cmp.Diff(want, got.Teams); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAPlatformMayHaveNoTeam(t *testing.T) {
	got, err := platform.Read("f.yaml", []byte("region: eu-west-1\nteams: []\n"), regions)
	if err != nil || len(got.Teams) != 0 {
		t.Errorf("%v, %v", got.Teams, err)
	}
}

func TestEveryChartFitsEveryVersionThatAClusterMayHave(t *testing.T) {
	for _, chart := range charts.All() {
		for _, version := range platform.Versions {
			if !chart.Fits(version) {
				t.Errorf("%s %s is for %s, not for %s", chart.Name, chart.Version, chart.Range(), version)
			}
		}
	}
}

func TestWhatCannotBeIsSaidWithItsLineAndWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want string
	}{
		"an empty file":            {"", "region: it is missing: say where the platform stands"},
		"no YAML":                  {"region: [", "f.yaml is no YAML"},
		"an unknown field":         {"region: eu-west-1\nnetwork:\n  cird: 10.0.0.0/16\n", "line 3: there is no field cird here"},
		"another type":             {"region: eu-west-1\nnetwork: large\n", "line 2: cannot unmarshal"},
		"an unknown region":        {"region: eu-west-9\n", "line 1: region: there is no region eu-west-9; of eu there are eu-central-1, eu-west-1"},
		"a place that is none":     {"region: moon-1\n", "a region is named as eu-west-1"},
		"a name AWS refuses":       {"region: eu-west-1\nname: My Platform\n", `line 2: name: "My Platform" begins the names of stacks`},
		"a name that goes on":      {"region: eu-west-1\nname: flink-\n", "and no hyphen at the end"},
		"no network":               {"region: eu-west-1\nnetwork: {cidr: many}\n", `network.cidr: "many" is no IPv4 network`},
		"a network's middle":       {"region: eu-west-1\nnetwork: {cidr: 10.0.3.0/16}\n", "network.cidr: 10.0.3.0/16 begins at 10.0.0.0/16"},
		"a public network":         {"region: eu-west-1\nnetwork: {cidr: 52.94.0.0/16}\n", "is no private network"},
		"a small network":          {"region: eu-west-1\nnetwork: {cidr: 10.0.0.0/24}\n", "between /16 and /20"},
		"no zones":                 {"region: eu-west-1\nnetwork: {zones: []}\n", "network.zones: there are 0: EKS wants at least 2"},
		"zones left to chance":     {"region: us-east-1\n", "network.zones: say which: EKS has no control plane in use1-az3"},
		"one zone":                 {"region: eu-west-1\nnetwork: {zones: [eu-west-1a]}\n", "network.zones: there are 1: EKS wants at least 2"},
		"another region's zone":    {"region: eu-west-1\nnetwork: {zones: [eu-west-1a, us-east-1b]}\n", `network.zones[1]: "us-east-1b" is no availability zone of eu-west-1`},
		"a zone twice":             {"region: eu-west-1\nnetwork: {zones: [eu-west-1a, eu-west-1a]}\n", "network.zones[1]: eu-west-1a stands here twice"},
		"no kind of gateways":      {"region: eu-west-1\nnetwork: {natGateways: 2}\n", "network.natGateways: \"2\": say One"},
		"an endpoint that is made": {"region: eu-west-1\nnetwork: {endpoints: [sts]}\n", "network.endpoints[0]: sts is always there"},
		"an endpoint twice":        {"region: eu-west-1\nnetwork: {endpoints: [kms, kms]}\n", "network.endpoints[1]: kms stands here twice"},
		"an endpoint of no form":   {"region: eu-west-1\nnetwork: {endpoints: [\"com.amazonaws/kms\"]}\n", "network.endpoints[0]: \"com.amazonaws/kms\" is no service's name"},
		"a VPC made and existing":  {"region: eu-west-1\nnetwork: {natGateways: OnePerZone, existing: {vpcId: vpc-01234567, cidr: 10.0.0.0/16, zones: [eu-west-1a, eu-west-1b], privateSubnetIds: [subnet-01234567, subnet-01234568]}}\n", "network: it has existing, and fields of a VPC that is made"},
		"subnets without zones":    {"region: eu-west-1\nnetwork: {existing: {vpcId: vpc-01234567, cidr: 10.0.0.0/16, zones: [eu-west-1a, eu-west-1b], privateSubnetIds: [subnet-01234567]}}\n", "there are 1 subnets and 2 zones"},
		"no VPC":                   {"region: eu-west-1\nnetwork: {existing: {vpcId: main, cidr: 10.0.0.0/16, zones: [eu-west-1a, eu-west-1b], privateSubnetIds: [subnet-01234567, subnet-01234567]}}\n", `network.existing.vpcId: "main" is no VPC's id`},
		"too many probe shards":    {"region: eu-west-1\neventPlane: {probeShards: 400}\n", "eventPlane.probeShards: 400: say how many"},
		"a version too new":        {"region: eu-west-1\ncluster: {version: \"1.99\"}\n", `line 2: cluster.version: "1.99": the add-ons are known to run on 1.34 and 1.35`},
		"open to everybody":        {"region: eu-west-1\ncluster: {endpoint: Public, publicCidrs: [0.0.0.0/0]}\n", "cluster.publicCidrs[0]: that is the whole internet"},
		"public without networks":  {"region: eu-west-1\ncluster: {endpoint: Public}\n", "cluster.publicCidrs: a public endpoint needs the networks"},
		"private with networks":    {"region: eu-west-1\ncluster: {publicCidrs: [203.0.113.0/24]}\n", "cluster.publicCidrs: the endpoint is private"},
		"services inside the VPC":  {"region: eu-west-1\ncluster: {serviceCidr: 10.0.128.0/20}\n", "cluster.serviceCidr: 10.0.128.0/20 overlaps network.cidr (10.0.0.0/16)"},
		"another architecture":     {"region: eu-west-1\ncluster: {nodeGroups: {spot: {max: 3, diskGiB: 50, instanceTypes: [m7g.large, m6i.large]}}}\n", "cluster.nodeGroups.spot.instanceTypes[1]: m6i.large is not arm64"},
		"no node for the platform": {"region: eu-west-1\ncluster: {nodeGroups: {core: {min: 0, max: 3, diskGiB: 50}}}\n", "cluster.nodeGroups.core.min: 0: it is at least 2"},
		"more than the most":       {"region: eu-west-1\ncluster: {nodeGroups: {onDemand: {min: 5, max: 3, diskGiB: 50}}}\n", "cluster.nodeGroups.onDemand.max: 3 is less than min, 5"},
		"an administrator by name": {"region: eu-west-1\ncluster: {admins: [anna]}\n", `cluster.admins[0]: "anna" is no ARN of a role`},
		"a cluster of both kinds":  {"region: eu-west-1\ncluster: {version: \"1.34\", existing: {name: main}}\n", "cluster: it has existing, and fields of a cluster that is made"},
		"a cluster half named":     {"region: eu-west-1\ncluster: {existing: {name: main}}\n", `cluster.existing.endpoint: "": https://`},
		"a role too long":          {"region: eu-west-1\nteams: [{name: a, namespace: a-namespace-that-is-so-long-that-no-role-of-it-can-be-made}]\n", "teams[0].namespace: the role of its jobs would be sluice-job-a-namespace"},
		"people by name":           {"region: eu-west-1\nteams: [{name: a, roles: [anna]}]\n", `teams[0].roles[0]: "anna" is no ARN of a role`},
		"people of two teams":      {"region: eu-west-1\nteams: [{name: a, roles: [arn:aws:iam::123456789012:role/flink]}, {name: b, roles: [arn:aws:iam::123456789012:role/flink]}]\n", "teams[1].roles[0]: arn:aws:iam::123456789012:role/flink stands in teams[0].roles[0] already"},
		"an admin of a team":       {"region: eu-west-1\ncluster: {admins: [arn:aws:iam::123456789012:role/flink]}\nteams: [{name: a, roles: [arn:aws:iam::123456789012:role/flink]}]\n", "stands in cluster.admins[0] already"},
		"egress to everything":     {"region: eu-west-1\nteams: [{name: a, egress: [{cidr: 0.0.0.0/0, ports: [443]}]}]\n", "teams[0].egress[0].cidr: that is everything"},
		"egress to the node":       {"region: eu-west-1\nteams: [{name: a, egress: [{cidr: 169.254.169.254/32, ports: [80]}]}]\n", "teams[0].egress[0].cidr: 169.254.169.254/32 holds the node's own addresses"},
		"egress to no port":        {"region: eu-west-1\nteams: [{name: a, egress: [{cidr: 10.0.0.0/16}]}]\n", "teams[0].egress[0].ports: say which TCP ports"},
		"nobody's operator":        {"region: eu-west-1\nflinkOperator: {kind: Google}\n", `flinkOperator.kind: "Google": say EMR or Apache`},
		"days nobody keeps":        {"region: eu-west-1\nobservability: {logDays: 91}\n", "CloudWatch Logs does not keep logs for 91 days: it takes 1, 3, 5"},
		"metrics in China":         {"region: cn-north-1\n", "observability.metrics: there is no Amazon Managed Service for Prometheus in cn-north-1: say metrics: false and grafana: false"},
		"nothing to show":          {"region: eu-west-1\nobservability: {metrics: false}\n", "observability.grafana: it shows what metrics gathers, and that is off: say grafana: false"},
		"metrics for ever":         {"region: eu-west-1\nobservability: {metricDays: 4000}\n", "observability.metricDays: 4000: a workspace keeps metrics for 1 to 1095 days"},
		"looked at all the time":   {"region: eu-west-1\nobservability: {scrapeSeconds: 1}\n", "observability.scrapeSeconds: 1: between 10 and 120"},
		"China without a mirror":   {"region: cn-north-1\nobservability: {metrics: false, grafana: false}\n", "mirror.registry: it is missing: from cn-north-1 the registries of charts and images"},
		"an island without one":    {"region: us-iso-east-1\n", "or say mirror.reachesMakers: true"},
		"a mirror and none":        {"region: cn-north-1\nmirror: {registry: registry.example.com, reachesMakers: true}\n", "mirror.reachesMakers: nothing is fetched from the makers"},
		"a mirror with a scheme":   {"region: eu-west-1\nmirror: {registry: \"oci://registry.example.com\"}\n", `line 2: mirror.registry: "oci://registry.example.com": without oci://`},
		"a mirror of no form":      {"region: eu-west-1\nmirror: {registry: registry.example.com/Mirror/}\n", `"registry.example.com/Mirror/" is no registry with a prefix`},
		"a mirror with a tag":      {"region: eu-west-1\nmirror: {registry: \"registry.example.com/a:1\"}\n", "is no registry with a prefix"},
		"a mirror without a host":  {"region: eu-west-1\nmirror: {registry: mirror}\n", "is no registry with a prefix"},
		"a mirror for everybody":   {"region: eu-west-1\nmirror: {registry: public.ecr.aws/a}\n", "public.ecr.aws/a is public"},
		"a mirror far away":        {"region: eu-west-1\nmirror: {registry: 123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a}\n", "is in the partition aws-cn, and the platform in aws"},
		"a mirror nowhere":         {"region: eu-west-1\nmirror: {registry: 123456789012.dkr.ecr.eu-west-9.amazonaws.com}\n", "mirror.registry: there is no region eu-west-9; of eu there are"},
		"a plugin with a password": {"region: eu-west-1\nmirror: {grafanaPlugin: \"https://me:secret@example.com/a.zip\"}\n", "mirror.grafanaPlugin: it is the https URL of the plugin's zip, without a password in it: as https://files.example.com/plugin.zip"},
		"a plugin for nobody":      {"region: eu-west-1\nobservability: {grafana: false}\nmirror: {grafanaPlugin: https://example.com/a.zip}\n", "mirror.grafanaPlugin: there is no Grafana"},
		"a team without a name":    {"region: eu-west-1\nteams: [{namespace: jobs}]\n", `line 2: teams[0].name: "": a lower-case letter`},
		"a team twice":             {"region: eu-west-1\nteams: [{name: a}, {name: a}]\n", "teams[1].name: there is a team a already"},
		"a namespace of two teams": {"region: eu-west-1\nteams: [{name: a, namespace: jobs}, {name: b, namespace: jobs}]\n", "teams[1].namespace: jobs is team a's"},
		"a namespace of a chart":   {"region: eu-west-1\nteams: [{name: a, namespace: cert-manager}]\n", "teams[0].namespace: cert-manager belongs to the cluster or the platform"},
		"a namespace of the API":   {"region: eu-west-1\nteams: [{name: a, namespace: kube-public}]\n", "teams[0].namespace: kube-public belongs to the cluster"},
		"a namespace of no form":   {"region: eu-west-1\nteams: [{name: a, namespace: Jobs}]\n", `teams[0].namespace: "Jobs" is no namespace`},
		"half a quota":             {"region: eu-west-1\nteams: [{name: a, quota: {cpu: 8, memoryGiB: 32}}]\n", "teams[0].quota.pods: 0: at least 4, or no job fits in"},
		"an unknown team's field":  {"region: eu-west-1\nteams: [{name: a, namespaces: b}]\n", "there is no field namespaces here"},
		"pages for everybody":      {"region: eu-west-1\ningress: {kind: InternetFacing}\n", `line 2: ingress.kind: "InternetFacing": say None or Internal; there is none with public addresses`},
		"pages of EMR's operator":  {"region: eu-west-1\ningress: {kind: Internal}\n", "line 2: ingress.kind: Internal takes flinkOperator.kind: Apache"},
		"pages nobody serves":      {"region: eu-west-1\ningress: {domain: flink.example.com}\n", "ingress.kind: None, and the rest of ingress says what a load balancer is like: say Internal"},
		"pages without a name":     {"region: eu-west-1\ningress: {kind: Internal, domain: Flink}\n", `ingress.domain: "Flink": say what the names of pages end in`},
		"pages without TLS":        {"region: eu-west-1\ningress: {kind: Internal, domain: flink.example.com}\n", "ingress.certificateArns: there are 0: a page is shown by TLS alone"},
		"no certificate":           {"region: eu-west-1\ningress: {kind: Internal, certificateArns: [wildcard]}\n", `ingress.certificateArns[0]: "wildcard" is no ARN of a certificate in ACM`},
		"another region's TLS":     {"region: eu-west-1\ningress: {kind: Internal, certificateArns: [\"arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef\"]}\n", "is not of eu-west-1: a load balancer takes those of its own region"},
		"pages for no network":     {"region: eu-west-1\ningress: {kind: Internal}\n", "ingress.inboundCidrs: there are 0: name 1 to 50 networks"},
		"pages for the internet":   {"region: eu-west-1\ningress: {kind: Internal, inboundCidrs: [0.0.0.0/0]}\n", "ingress.inboundCidrs[0]: 0.0.0.0/0 is not within 10.0.0.0/8"},
		"more than a private net":  {"region: eu-west-1\ningress: {kind: Internal, inboundCidrs: [192.168.0.0/15]}\n", "ingress.inboundCidrs[0]: 192.168.0.0/15 is not within"},
		"no days":                  {"region: eu-west-1\ndata: {logDays: 0}\n", "data.logDays: 0: say how many days"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := platform.Read("f.yaml", []byte(c.text), regions)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestEveryFaultIsSaidAtOnceInTheOrderOfTheLines(t *testing.T) {
	_, err := platform.Read("f.yaml", []byte("region: eu-west-1\nobservability: {logDays: 2}\nnetwork:\n  cidr: 10.0.0.1/16\n  zones: [eu-west-1a]\n"), regions)
	var faults *platform.Faults
	if !errors.As(err, &faults) {
		t.Fatal(err)
	}
	var got []string
	for _, f := range faults.List {
		got = append(got, f.Path)
	}
	if diff := cmp.Diff([]string{"observability.logDays", "network.cidr", "network.zones"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%v", diff, err)
	}
}
