package prices

import (
	"fmt"
	"maps"
	"slices"
)

// Names of what has a price; instances have the names of their types.
const (
	Cluster           = "eks.cluster"
	NATGateway        = "nat.gateway"
	Address           = "ipv4.address"
	InterfaceEndpoint = "endpoint.interface"
	Disk              = "ebs.gp3"
	LoadBalancer      = "elb.application"
	Key               = "kms.key"
	LogsIngested      = "logs.ingested"
	LogsKept          = "logs.kept"
	EMRCore           = "emr.vcpu"
	EMRMemory         = "emr.memory"
	Samples           = "prometheus.ingested"

	Transition          = "states.transition"
	Invocation          = "lambda.invocation"
	GBSecond            = "lambda.gbSecond"
	S3Read              = "s3.read"
	S3Write             = "s3.write"
	Event               = "events.event"
	SchedulerInvocation = "scheduler.invocation"
	Metric              = "cloudwatch.metric"
	Alarm               = "cloudwatch.alarm"
	AnalysedMetric      = "cloudwatch.analysed"
	PutMetrics          = "cloudwatch.put"
)

// Price is what one unit of something costs.
type Price struct {
	Dollars float64 `yaml:"dollars" json:"dollars"`
	Unit    string  `yaml:"unit" json:"unit"`     // what is paid for, as "zone and hour"
	Source  string  `yaml:"source" json:"source"` // URL
	Asked   string  `yaml:"asked" json:"asked"`   // the day on which it was looked up, 2026-11-21
	// Sure is false for a price that no source could be found for on that day.
	Sure *bool `yaml:"sure" json:"sure,omitempty"`
	// Region is where the price holds.
	Region string `yaml:"-" json:"region"`
}

// List is the prices of a region, by name; instances by type, an hour.
type List map[string]Price

// Of is the price of something in dollars for one unit. Every name above has one.
func (l List) Of(name string) float64 { return l[name].Dollars }

// Instance is the price of an instance type, an hour on demand.
func (l List) Instance(kind string) (Price, error) {
	p, known := l[kind]
	if !known {
		return Price{}, fmt.Errorf("the price of %s is not known: give it with --region-prices, as instances: {hourly: {%s: 0.1}}", kind, kind)
	}
	return p, nil
}

// Regions are those that the prices are of, sorted.
func (l List) Regions() []string {
	seen := map[string]bool{}
	for _, p := range l {
		seen[p.Region] = true
	}
	return slices.Sorted(maps.Keys(seen))
}
