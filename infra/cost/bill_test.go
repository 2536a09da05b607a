package cost_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/infra/cost"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/prices"
)

func read(t *testing.T, text string) platform.Platform {
	t.Helper()
	p, err := platform.Read("f.yaml", []byte(text), platform.AllRegions())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func bill(t *testing.T, text string) cost.Bill {
	t.Helper()
	b, err := cost.Of(read(t, text), 10, prices.Usual())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// By hand: 730 hours of each.
func TestAnItemIsItsQuantityTimesItsPrice(t *testing.T) {
	b := bill(t, "region: us-east-2\nnetwork: {zones: [us-east-2a, us-east-2b, us-east-2c], natGateways: OnePerZone, endpoints: [kms]}\ncluster: {nodeGroups: {core: {min: 3, max: 4, diskGiB: 20}, spot: {min: 1, max: 2, diskGiB: 20}}}\n")
	want := map[string]float64{
		"control plane of EKS": 73, "its logs": 5, "its logs, kept": 0.9,
		"3 NAT gateways": 98.55, "public addresses of NAT gateways": 10.95, "9 interface endpoints in 3 zones": 197.1, "keys of KMS": 4,
		"samples of metrics": 8000 * 730 * 120 * 0.00000009, "logs of the platform's pods": 1,
		"3 nodes of group core, m7g.xlarge": 3 * 730 * 0.1632, "1 node of group spot, r7g.xlarge": 730 * 0.2142, // the dearest type of the group
	}
	sum := 0.0
	for _, item := range b.Items {
		sum += item.Monthly
		if strings.HasPrefix(item.What, "Sluice: ") || item.What == "their disks" {
			continue
		}
		if math.Abs(item.Monthly-want[item.What]) > 1e-9 {
			t.Errorf("%s: %v, want %v", item.What, item.Monthly, want[item.What])
		}
		delete(want, item.What)
	}
	if len(want) > 0 {
		t.Errorf("not on the bill: %v", want)
	}
	if math.Abs(sum-b.Total) > 1e-9 {
		t.Errorf("the total is %v, the items are %v together", b.Total, sum)
	}
}

func TestWhatExistsAlreadyIsNotPaidTwice(t *testing.T) {
	raw, err := os.ReadFile("../testdata/platform-other.yaml")
	if err != nil {
		t.Fatal(err)
	}
	b := bill(t, string(raw))
	for _, item := range b.Items {
		if !strings.HasPrefix(item.What, "Sluice: ") && item.What != "keys of KMS" && item.What != "logs of the platform's pods" && item.What != "load balancer of web pages" {
			t.Errorf("%s costs %v", item.What, item.Monthly)
		}
	}
	if len(b.Levers) > 0 {
		t.Errorf("levers: %v", b.Levers)
	}
}

func TestALoadBalancerOfWebPagesIsOnTheBillWhereTheFileAsksForOne(t *testing.T) {
	const asked = "ingress: {kind: Internal, domain: flink.example.com, inboundCidrs: [10.0.0.0/8], certificateArns: [\"arn:aws:acm:eu-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef\"]}\n"
	with, without := bill(t, "region: eu-west-1\nflinkOperator: {kind: Apache}\n"+asked), bill(t, "region: eu-west-1\nflinkOperator: {kind: Apache}\n")
	if more := with.Total - without.Total; math.Abs(more-730*0.0225) > 1e-9 {
		t.Errorf("it costs %v", more)
	}
}

func TestALeverSavesWhatTheChangedFileCostsLess(t *testing.T) {
	for name, c := range map[string]struct {
		text, change string
		saves        float64
	}{
		"one NAT":             {"region: us-east-2\nnetwork: {natGateways: OnePerZone}\n", "network.natGateways: One", 730 * 0.05},
		"two zones":           {"region: us-east-2\nnetwork: {zones: [us-east-2a, us-east-2b, us-east-2c]}\n", "network.zones: two of them", 730 * 0.08},
		"fewer endpoints":     {"region: us-east-2\nnetwork: {endpoints: [kms, monitoring]}\n", "network.endpoints: [] (without kms, monitoring)", 730 * 0.04},
		"no node that waits":  {"region: us-east-2\ncluster: {nodeGroups: {onDemand: {min: 2, max: 20, diskGiB: 50}}}\n", "cluster.nodeGroups.onDemand.min: 0", 2 * (730*0.1632 + 50*0.08 + 1000*730*120*0.00000009)},
		"another processor":   {"region: us-east-2\ncluster: {architecture: x86_64}\n", "cluster.architecture: arm64", 2 * 730 * (0.192 - 0.1632)},
		"half the samples":    {"region: us-east-2\n", "observability.scrapeSeconds: 60", 6000 * 730 * 60 * 0.00000009},
		"no metrics":          {"region: us-east-2\n", "observability.metrics: false, grafana: false", 6000*730*120*0.00000009 + 1},
		"a VPC that is there": {"region: us-east-2\n", "network.existing: a VPC that has a way out and endpoints", 730 * (0.05 + 8*2*0.01)},
	} {
		t.Run(name, func(t *testing.T) {
			for _, lever := range bill(t, c.text).Levers {
				if lever.Change == c.change {
					if math.Abs(lever.Saves-c.saves) > 1e-9 || lever.But == "" {
						t.Errorf("%+v, want %v", lever, c.saves)
					}
					return
				}
			}
			t.Errorf("there is no lever %s", c.change)
		})
	}
}

// What the bill counts is what the committed templates make.
func TestTheBillCountsWhatTheTemplatesMake(t *testing.T) {
	raw, err := os.ReadFile("../platform.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p := read(t, string(raw))
	made := map[string]int{}
	files, err := filepath.Glob("../testdata/platform/*.template.json")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var template struct {
			Resources map[string]struct {
				Type       string
				Properties struct{ VpcEndpointType string }
			}
		}
		if err := json.Unmarshal(raw, &template); err != nil {
			t.Fatal(err)
		}
		for _, r := range template.Resources {
			made[r.Type+r.Properties.VpcEndpointType]++
		}
	}
	counted := map[string]float64{}
	for _, item := range bill(t, string(raw)).Items {
		counted[item.What] = item.Quantity
	}
	for kind, want := range map[string]int{"AWS::EC2::NatGateway": cost.Gateways(p), "AWS::EC2::VPCEndpointInterface": cost.Endpoints(p), "AWS::KMS::Key": int(counted["keys of KMS"]), "AWS::EKS::Cluster": 1} {
		if made[kind] != want {
			t.Errorf("the templates make %d %s, the bill has %d", made[kind], kind, want)
		}
	}
}

func TestANodeWithoutAPriceIsAFaultThatSaysWhereToGiveIt(t *testing.T) {
	_, err := cost.Of(read(t, "region: us-east-2\ncluster: {nodeGroups: {core: {min: 2, max: 4, diskGiB: 50, instanceTypes: [x9g.large]}}}\n"), 1, prices.Usual())
	if err == nil || !strings.Contains(fmt.Sprint(err), "the price of x9g.large is not known: give it with --region-prices") {
		t.Error(err)
	}
}

func TestEMRsShareIsNamedWhereItsOperatorRuns(t *testing.T) {
	with, without := strings.Join(bill(t, "region: us-east-2\n").Notes, "\n"), strings.Join(bill(t, "region: us-east-2\nflinkOperator: {kind: Apache}\n").Notes, "\n")
	if !strings.Contains(with, "EMR asks") || strings.Contains(without, "EMR asks") {
		t.Errorf("with EMR: %s\nwithout: %s", with, without)
	}
}

func TestARegistryOfOnesOwnIsNamedAsNotInTheSum(t *testing.T) {
	with := strings.Join(bill(t, "region: us-east-2\nmirror: {registry: registry.example.com/mirror}\n").Notes, "\n")
	if !strings.Contains(with, "The registry registry.example.com/mirror:") {
		t.Error(with)
	}
}
