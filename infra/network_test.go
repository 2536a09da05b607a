package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/platform"
)

const networkStack = "sluice-network"

func TestThereAreTwoPrivateAndTwoPublicSubnetsWithAWayOut(t *testing.T) {
	network := read(t, networkStack)
	network.only(t, "AWS::EC2::InternetGateway")
	network.only(t, "AWS::EC2::NatGateway")
	tags := map[string]int{}
	for id, subnet := range network.ofType("AWS::EC2::Subnet") {
		if subnet.Properties["MapPublicIpOnLaunch"] != false {
			t.Errorf("%s gives whatever starts in it a public address", id)
		}
		for _, tag := range many(subnet.Properties["Tags"]) {
			tags[text(at(tag, "Key"))+"="+text(at(tag, "Value"))]++
		}
	}
	for _, want := range []string{"kubernetes.io/role/internal-elb=1", "kubernetes.io/role/elb=1", "karpenter.sh/discovery=sluice"} {
		if tags[want] != 2 {
			t.Errorf("%d subnets are tagged %s, want 2", tags[want], want)
		}
	}
	private := 0
	for _, route := range network.ofType("AWS::EC2::Route") {
		if route.Properties["NatGatewayId"] != nil {
			private++
		}
	}
	if private != 2 {
		t.Errorf("%d private subnets have a way out, want 2", private)
	}
}

func TestWhatIsCalledAllTheTimeStaysInsideTheVPC(t *testing.T) {
	network := read(t, networkStack)
	var got []string
	for id, endpoint := range network.ofType("AWS::EC2::VPCEndpoint") {
		name := text(endpoint.Properties["ServiceName"])
		for _, prefix := range []string{"com.amazonaws.", "eu-west-1.", "<AWS::Region>."} {
			name = strings.TrimPrefix(name, prefix)
		}
		got = append(got, name)
		if kind := endpoint.Properties["VpcEndpointType"]; name != "s3" && (kind != "Interface" || endpoint.Properties["PrivateDnsEnabled"] != true) {
			t.Errorf("%s: %v without the service's own name: nobody would find it", id, kind)
		}
	}
	slices.Sort(got)
	want := append([]string{"s3"}, platform.AlwaysEndpoints...)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNothingOfTheNetworkIsOpenToTheWorld(t *testing.T) {
	for id, group := range read(t, networkStack).ofType("AWS::EC2::SecurityGroup") {
		for _, rule := range many(group.Properties["SecurityGroupIngress"]) {
			if from := text(at(rule, "CidrIp")); from != "10.0.0.0/16" {
				t.Errorf("%s lets in %s", id, from)
			}
		}
	}
	read(t, networkStack).only(t, "Custom::VpcRestrictDefaultSG")
}

func TestAVPCThatExistsIsNotMade(t *testing.T) {
	if slices.Contains(made(t), "other-network") {
		t.Error("there is a stack other-network, and its platform has a VPC")
	}
}

func TestEveryBucketOfTheJobsIsVersionedPrivateEncryptedAndOutlivesItsStack(t *testing.T) {
	data := read(t, "sluice-data")
	key, _ := data.only(t, "AWS::KMS::Key")
	for id, bucket := range data.ofType("AWS::S3::Bucket") {
		if bucket.DeletionPolicy != "Retain" || at(bucket.Properties, "VersioningConfiguration", "Status") != "Enabled" {
			t.Errorf("%s: %v", id, bucket)
		}
		private := map[string]any{"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true}
		if diff := cmp.Diff(any(private), bucket.Properties["PublicAccessBlockConfiguration"]); diff != "" {
			t.Errorf("%s may become public (-want +got):\n%s", id, diff)
		}
		rule := many(at(bucket.Properties, "BucketEncryption", "ServerSideEncryptionConfiguration"))[0]
		if got := text(at(rule, "ServerSideEncryptionByDefault", "KMSMasterKeyID")); got != "<"+key+".Arn>" && !strings.HasPrefix(id, "AccessLogs") {
			t.Errorf("%s is encrypted with %s", id, got)
		}
	}
}

// What jobs read and write is nobody's to expire either.
func TestNoRuleExpiresWhatTheLedgerMayReferTo(t *testing.T) {
	for _, stack := range []string{"sluice-data", "other-data"} {
		data := read(t, stack)
		for _, name := range []string{"State", "Jobs"} {
			bucket := data.Resources[bucketID(t, data, name)]
			rules := many(at(bucket.Properties, "LifecycleConfiguration", "Rules"))
			if len(rules) == 0 || bucket.Properties["IntelligentTieringConfigurations"] != nil {
				t.Fatalf("%s: the bucket %s has %d rules and archives %v", stack, name, len(rules), bucket.Properties["IntelligentTieringConfigurations"])
			}
			for _, rule := range rules {
				for key := range maps.Keys(rule.(map[string]any)) {
					if strings.HasPrefix(key, "Expir") || strings.HasPrefix(key, "Transition") {
						t.Errorf("%s: a rule of the bucket %s has %s: %v", stack, name, key, rule)
					}
				}
			}
		}
	}
}

func TestLogsOfJobsExpireAfterTheDaysOfTheFileAndStateThatWasRemovedAfterThree(t *testing.T) {
	data := read(t, "sluice-data")
	days := func(name string, path ...string) (all []any) {
		for _, rule := range many(at(data.Resources[bucketID(t, data, name)].Properties, "LifecycleConfiguration", "Rules")) {
			if n := at(rule, path...); n != nil && at(rule, "Status") == "Enabled" && at(rule, "Prefix") == nil {
				all = append(all, n)
			}
		}
		return all
	}
	got := map[string][]any{
		"logs": days("Logs", "ExpirationInDays"), "removed state": days("State", "NoncurrentVersionExpiration", "NoncurrentDays"),
		"removed data": days("Jobs", "NoncurrentVersionExpiration", "NoncurrentDays"),
	}
	if diff := cmp.Diff(map[string][]any{"logs": {90.0}, "removed state": {3.0}, "removed data": {30.0}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
