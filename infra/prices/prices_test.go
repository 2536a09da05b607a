package prices

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestEveryPriceSaysWhereItStandsAndWhenItWasLookedUp(t *testing.T) {
	for name, p := range Usual() {
		if u, err := url.Parse(p.Source); err != nil || u.Scheme != "https" {
			t.Errorf("%s: the source %q is no address", name, p.Source)
		}
		if _, err := time.Parse(time.DateOnly, p.Asked); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if p.Unit == "" || p.Region != "us-east-1" {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestEveryNameHasAPrice(t *testing.T) {
	list := Usual()
	for _, name := range []string{
		Cluster, NATGateway, Address, InterfaceEndpoint, Disk, Key, LogsIngested, LogsKept, EMRCore, EMRMemory, Samples,
		Transition, Invocation, GBSecond, S3Read, S3Write, Event, SchedulerInvocation, Metric, Alarm, AnalysedMetric, PutMetrics,
	} {
		if list.Of(name) == 0 {
			t.Errorf("%s has no price", name)
		}
	}
}

func TestAFileOfAnotherRegionIsPutOverTheUsualPrices(t *testing.T) {
	list, err := over(Usual(), []byte("region: eu-west-1\nprices: {nat.gateway: {dollars: 0.048, source: https://aws.amazon.com/vpc/pricing/, asked: 2026-11-21}}\ninstances: {hourly: {x9g.large: 0.5}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if p := list[NATGateway]; p.Dollars != 0.048 || p.Region != "eu-west-1" || p.Unit != "hour" {
		t.Errorf("NAT: %+v", p)
	}
	if p, err := list.Instance("x9g.large"); err != nil || p.Dollars != 0.5 {
		t.Errorf("x9g.large: %+v, %v", p, err)
	}
	if p := list[Key]; p.Region != "us-east-1" {
		t.Errorf("what the file leaves out: %+v", p)
	}
	if got := strings.Join(list.Regions(), " "); got != "eu-west-1 us-east-1" {
		t.Errorf("regions %s", got)
	}
}

func TestAFileThatCannotBeUsedSaysWhatIsWrongWithIt(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no region":       {"prices: {}\n", "region: eu-west-1"},
		"an unknown name": {"region: eu-west-1\nprices: {nat.gatewy: {dollars: 1}}\n", `nothing has the price "nat.gatewy"`},
		"another unit":    {"region: eu-west-1\nprices: {nat.gateway: {dollars: 1, unit: month}}\n", `nat.gateway is by "month", and here by "hour"`},
		"for nothing":     {"region: eu-west-1\nprices: {nat.gateway: {}}\n", "nat.gateway costs 0 dollars"},
		"unknown field":   {"region: eu-west-1\nprice: {}\n", "field price not found"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := over(Usual(), []byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	if _, err := Usual().Instance("x9g.large"); err == nil || !strings.Contains(err.Error(), "--region-prices") {
		t.Errorf("an instance without a price: %v", err)
	}
}
