package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/platform"
)

const clusterStack = "sluice-cluster"

func TestTheClusterIsPrivateEncryptedLoggedAndKnowsAccessEntriesAlone(t *testing.T) {
	stack := read(t, clusterStack)
	_, cluster := stack.only(t, "AWS::EKS::Cluster")
	key, made := stack.only(t, "AWS::KMS::Key")
	for _, c := range []struct {
		what string
		got  any
		want any
	}{
		{"authentication", at(cluster.Properties, "AccessConfig", "AuthenticationMode"), "API"},
		{"whoever deploys is an administrator", at(cluster.Properties, "AccessConfig", "BootstrapClusterCreatorAdminPermissions"), false},
		{"private endpoint", at(cluster.Properties, "ResourcesVpcConfig", "EndpointPrivateAccess"), true},
		{"public endpoint", at(cluster.Properties, "ResourcesVpcConfig", "EndpointPublicAccess"), false},
		{"encrypted", texts(at(many(cluster.Properties["EncryptionConfig"])[0], "Resources")), []string{"secrets"}},
		{"encrypted with", text(at(many(cluster.Properties["EncryptionConfig"])[0], "Provider", "KeyArn")), "<" + key + ".Arn>"},
		{"the key's rotation", made.Properties["EnableKeyRotation"], true},
		{"version", cluster.Properties["Version"], platform.New().Cluster.Version},
		{"logs", len(many(at(cluster.Properties, "Logging", "ClusterLogging", "EnabledTypes"))), 5},
		{"protected", cluster.Properties["DeletionProtection"], true},
		{"support", at(cluster.Properties, "UpgradePolicy", "SupportType"), "STANDARD"},
		{"subnets", privateOnes(cluster.Properties["ResourcesVpcConfig"].(map[string]any)["SubnetIds"]), 2},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
}

// privateOnes counts the private subnets among those of a network's stack.
func privateOnes(subnets any) int {
	all := texts(subnets)
	return len(slices.DeleteFunc(all, func(subnet string) bool { return !strings.Contains(subnet, "VpcPrivateSubnet") }))
}

func TestTheControlPlanesLogsAreKeptAsLongAsTheFileSays(t *testing.T) {
	stack := read(t, clusterStack)
	id := ""
	for candidate, log := range stack.ofType("AWS::Logs::LogGroup") {
		if log.Properties["LogGroupName"] == "/aws/eks/sluice/cluster" && log.Properties["RetentionInDays"] == 90.0 {
			id = candidate
		}
	}
	if id == "" {
		t.Fatalf("the log is none of %v", stack.ofType("AWS::Logs::LogGroup"))
	}
	// EKS makes the group if it comes first, and then the stack cannot.
	_, cluster := stack.only(t, "AWS::EKS::Cluster")
	if !slices.Contains(texts(cluster.DependsOn), id) {
		t.Errorf("the cluster waits for %v, not for %s", cluster.DependsOn, id)
	}
}

func TestNodeGroupsAreCoreOnDemandAndSpotAndAPodHasToSayThatItIsForOne(t *testing.T) {
	got := map[string]string{}
	for id, group := range read(t, clusterStack).ofType("AWS::EKS::Nodegroup") {
		line := text(group.Properties["CapacityType"])
		for _, taint := range many(group.Properties["Taints"]) {
			line += " " + text(at(taint, "Key")) + "=" + text(at(taint, "Value")) + ":" + text(at(taint, "Effect"))
		}
		got[text(at(group.Properties, "Labels", "sluice.dev/node-group"))] = line
		if group.Properties["NodegroupName"] != nil {
			t.Errorf("%s has a name: it could not be replaced", id)
		}
		if group.Properties["Version"] != "1.35" {
			t.Errorf("%s is of Kubernetes %v: a group that says none stays behind when the cluster's is raised", id, group.Properties["Version"])
		}
		if privateOnes(group.Properties["Subnets"]) != 2 {
			t.Errorf("%s has nodes in %v, want both private subnets", id, group.Properties["Subnets"])
		}
		if group.Properties["ForceUpdateEnabled"] != false || at(group.Properties, "UpdateConfig", "MaxUnavailable") != 1.0 {
			t.Errorf("%s is updated by force, or by more than a node at a time", id)
		}
	}
	want := map[string]string{
		"core":      "ON_DEMAND CriticalAddonsOnly=true:NO_SCHEDULE",
		"on-demand": "ON_DEMAND sluice.dev/node-group=on-demand:NO_SCHEDULE",
		"spot":      "SPOT sluice.dev/node-group=spot:NO_SCHEDULE",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNodesKeepTheirRoleFromPodsAndTheirDisksEncrypted(t *testing.T) {
	templates := read(t, clusterStack).ofType("AWS::EC2::LaunchTemplate")
	if len(templates) != 3 {
		t.Fatalf("%d launch templates", len(templates))
	}
	for id, template := range templates {
		options := at(template.Properties, "LaunchTemplateData", "MetadataOptions")
		if at(options, "HttpTokens") != "required" || at(options, "HttpPutResponseHopLimit") != 1.0 {
			t.Errorf("%s: metadata %v: a pod could take the node's role", id, options)
		}
		for _, device := range many(at(template.Properties, "LaunchTemplateData", "BlockDeviceMappings")) {
			if at(device, "Ebs", "Encrypted") != true {
				t.Errorf("%s: %v is not encrypted", id, device)
			}
		}
	}
}

// Without the network plugin no node becomes ready, and without nodes DNS does
// not: the other order waits until CloudFormation gives up.
func TestNodesWaitForTheirNetworkAndDNSForNodes(t *testing.T) {
	cluster := read(t, clusterStack)
	for id, group := range cluster.ofType("AWS::EKS::Nodegroup") {
		after := texts(group.DependsOn)
		for _, addOn := range []string{"VpcCniAddOn", "KubeProxyAddOn", "PodIdentityAddOn"} {
			if !slices.Contains(after, addOn) {
				t.Errorf("%s does not wait for %s", id, addOn)
			}
		}
		if !slices.Contains(texts(cluster.Resources["CoreDnsAddOn"].DependsOn), id) {
			t.Errorf("DNS does not wait for %s", id)
		}
	}
	if after := texts(cluster.Resources["VpcCniAddOn"].DependsOn); !slices.Contains(after, "PodIdentityAddOn") {
		t.Errorf("the network plugin does not wait for who gives it its rights: %v", after)
	}
	if values := text(cluster.Resources["VpcCniAddOn"].Properties["ConfigurationValues"]); !strings.Contains(values, `"enableNetworkPolicy":"true"`) {
		t.Errorf("NetworkPolicies would do nothing: %s", values)
	}
}

// What EKS keeps in the cluster, and the one of them that has rights in AWS: pods
// of the network plugin have them, and a node that runs other pods has not.
func TestEKSKeepsTheNetworkTheNamesTheProxyAndTheIdentitiesOfPods(t *testing.T) {
	cluster := read(t, clusterStack)
	got := map[string]string{}
	for _, addOn := range cluster.ofType("AWS::EKS::Addon") {
		rights := ""
		for _, identity := range many(addOn.Properties["PodIdentityAssociations"]) {
			role := cluster.Resources[roleOf(at(identity, "RoleArn"))]
			rights += text(at(identity, "ServiceAccount")) + " has " + strings.Join(managedOf(role), ", ")
		}
		got[text(addOn.Properties["AddonName"])] = rights
	}
	want := map[string]string{"coredns": "", "eks-pod-identity-agent": "", "kube-proxy": "", "vpc-cni": "aws-node has AmazonEKS_CNI_Policy"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// EMR's operator gives jobs their role by the cluster's issuer, which IAM has to know.
func TestIAMKnowsTheClustersIssuer(t *testing.T) {
	stack := read(t, clusterStack)
	id, _ := stack.only(t, "AWS::EKS::Cluster")
	_, known := stack.only(t, "AWS::IAM::OIDCProvider")
	if text(known.Properties["Url"]) != "<"+id+".OpenIdConnectIssuerUrl>" || !slices.Equal(texts(known.Properties["ClientIdList"]), []string{"sts.amazonaws.com"}) {
		t.Errorf("it knows %v", known.Properties)
	}
}

// Whoever deploys is no administrator, nor is anybody that the file does not name:
// charts and objects have one who applies them, inside the VPC.
func TestWhoAppliesChartsIsTheOnlyAdministrator(t *testing.T) {
	for _, name := range []string{clusterStack, "other-cluster"} {
		stack := read(t, name)
		_, entry := stack.only(t, "AWS::EKS::AccessEntry")
		who := roleOf(entry.Properties["PrincipalArn"])
		if entry.Properties["KubernetesGroups"] != nil || len(many(entry.Properties["AccessPolicies"])) != 1 {
			t.Errorf("%s: %v", name, entry.Properties)
		}
		uses := 0
		for id, function := range stack.ofType("AWS::Lambda::Function") {
			if len(many(at(function.Properties, "VpcConfig", "SubnetIds"))) != 2 {
				t.Errorf("%s: %s stands outside of the VPC, which a private endpoint does not answer", name, id)
			}
			if roleOf(function.Properties["Role"]) == who {
				uses++
			}
		}
		if uses != 1 {
			t.Errorf("%s: %s administers the cluster, and %d functions have it", name, who, uses)
		}
	}
}

func TestTheAPIServerIsOpenToFunctionsAndNobodyElse(t *testing.T) {
	cluster := read(t, clusterStack)
	_, rule := cluster.only(t, "AWS::EC2::SecurityGroupIngress")
	if got := text(rule.Properties["SourceSecurityGroupId"]); !strings.HasPrefix(got, "<FunctionsGroup") {
		t.Errorf("%s may reach the API server", got)
	}
	overTLS := func(v any) bool {
		return at(v, "IpProtocol") == "tcp" && at(v, "FromPort") == 443.0 && at(v, "ToPort") == 443.0
	}
	if !overTLS(rule.Properties) {
		t.Errorf("functions may reach it by %v", rule.Properties)
	}
	for id, group := range cluster.ofType("AWS::EC2::SecurityGroup") {
		if out := many(group.Properties["SecurityGroupEgress"]); strings.HasPrefix(id, "FunctionsGroup") && (len(out) != 1 || !overTLS(out[0])) {
			t.Errorf("functions may call %v", out)
		}
	}
	for id, group := range cluster.ofType("AWS::EC2::SecurityGroup") {
		if rules := many(group.Properties["SecurityGroupIngress"]); len(rules) > 0 {
			t.Errorf("%s lets in %v", id, rules)
		}
	}
}

func TestAClusterThatExistsIsWorkedWithAndNotMade(t *testing.T) {
	cluster := read(t, "other-cluster")
	for _, kind := range []string{"AWS::EKS::Cluster", "AWS::EKS::Nodegroup", "AWS::EKS::Addon"} {
		if found := cluster.ofType(kind); len(found) > 0 {
			t.Errorf("%s is made: %v", kind, found)
		}
	}
	_, entry := cluster.only(t, "AWS::EKS::AccessEntry")
	if got := text(entry.Properties["ClusterName"]) + " " + text(entry.Properties["PrincipalArn"]); !strings.HasPrefix(got, "main <KubectlProvider") {
		t.Errorf("the access entry is of %s", got)
	}
	_, rule := cluster.only(t, "AWS::EC2::SecurityGroupIngress")
	if got := text(rule.Properties["GroupId"]); got != "sg-0123456789abcdef0" {
		t.Errorf("functions reach %s", got)
	}
}
