package platform

import "slices"

// Observability is what is gathered of the platform and its jobs, and how long it
// is kept.
type Observability struct {
	// LogDays is how long logs are kept: of functions, machines, pods and the
	// network; one of Retentions.
	LogDays int `yaml:"logDays"`
	// Metrics has a Prometheus in the cluster gather metrics and keep them in Amazon
	// Managed Service for Prometheus; release policies may ask it.
	Metrics bool `yaml:"metrics"`
	// MetricDays is how long the metrics are kept, 1 to MaxMetricDays.
	MetricDays int `yaml:"metricDays"`
	// ScrapeSeconds is how often they are read; half as often costs half as much.
	ScrapeSeconds int `yaml:"scrapeSeconds"`
	// Grafana shows the metrics, in the cluster; it needs Metrics.
	Grafana bool `yaml:"grafana"`
	// PodLogs has Fluent Bit send what pods print to CloudWatch Logs.
	PodLogs bool `yaml:"podLogs"`
}

// MaxMetricDays is the most that a workspace keeps
// (https://docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.html).
const MaxMetricDays = 1095

// Bounds of the interval between two looks: Prometheus forgets a series after five
// minutes without a sample, and less than ten seconds is more than Flink changes.
const (
	leastScrapeSeconds = 10
	mostScrapeSeconds  = 120
)

func newObservability() Observability {
	return Observability{LogDays: 90, Metrics: true, MetricDays: 90, ScrapeSeconds: 30, Grafana: true, PodLogs: true}
}

// Any says whether anything of it is installed into the cluster.
func (o Observability) Any() bool { return o.Metrics || o.PodLogs }

// checkObservability holds the section against the region and the cluster.
func (p *Platform) checkObservability(found *faults) {
	o := p.Observability
	if !slices.Contains(Retentions, o.LogDays) {
		found.add("observability.logDays", "CloudWatch Logs does not keep logs for %d days: it takes %s", o.LogDays, list(Retentions))
	}
	if o.MetricDays < 1 || o.MetricDays > MaxMetricDays {
		found.add("observability.metricDays", "%d: a workspace keeps metrics for 1 to %d days", o.MetricDays, MaxMetricDays)
	}
	if o.ScrapeSeconds < leastScrapeSeconds || o.ScrapeSeconds > mostScrapeSeconds {
		found.add("observability.scrapeSeconds", "%d: between %d and %d", o.ScrapeSeconds, leastScrapeSeconds, mostScrapeSeconds)
	}
	switch {
	case o.Metrics && p.Partition == China:
		// https://docs.aws.amazon.com/general/latest/gr/prometheus-service.html names no region of China.
		found.add("observability.metrics", "there is no Amazon Managed Service for Prometheus in %s: say metrics: false and grafana: false", p.Region)
	case o.Grafana && !o.Metrics:
		found.add("observability.grafana", "it shows what metrics gathers, and that is off: say grafana: false, or metrics: true")
	}
}
