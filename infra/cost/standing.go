package cost

import "github.com/sluice-flink/sluice/infra/prices"

// HoursOfMonth are those of a mean month.
const (
	HoursOfMonth   = 730
	minutesOfMonth = HoursOfMonth * 60
)

// Fleet is what the standing cost of Sluice itself depends on.
type Fleet struct {
	Applications int
	SickHours    float64 // hours a month in which something is wrong with an application
	Prices       prices.List
}

// What the probe is made of. How long a look takes was not measured on EKS: half
// a second is some ten requests through the API server's proxy.
const (
	probeGB       = 0.25
	probesAtOnce  = 32
	lookSeconds   = 0.5
	startSeconds  = 0.5 // of a run, beside its looks
	looksAtPolicy = 15  // minutes between two
	perPut        = 500

	// The schedules of rotate and recover. At ticks at which nothing is due, and
	// nobody has died, each machine passes four states.
	rotateTicks     = HoursOfMonth * 4
	recoverTicks    = HoursOfMonth * 12
	tickTransitions = 4
	tickGB          = 0.5
	listedAtOnce    = 32
	readsOfListing  = 2        // of an application: its document and its manifest
	readsOfSweep    = 1.0 / 12 // its document, when the function has just started: then it knows what is at rest; once an hour, a guess
	readSeconds     = 0.03     // of one, a guess

	metricsOfApplication = 5 // and as many alarms
	metricsOfSick        = 2 // that are sent of one that is sick, as a rule
	metricsOfProbe       = 1 // the heartbeat; the other one only where it does not come round
	alarmsOfProbe        = 2
)

// Standing is what a fleet costs a month, in dollars, whoever releases anything.
type Standing struct{ Probe, Ticks, Reads, Requests, Metrics, Alarms float64 }

func (f Fleet) of(name string) float64 { return f.Prices.Of(name) }

// Total is all of it.
func (s Standing) Total() float64 {
	return s.Probe + s.Ticks + s.Reads + s.Requests + s.Metrics + s.Alarms
}

// probed is what every design has in common: looking at each application once a
// minute, whether a savepoint is due each quarter of an hour, and whether
// somebody has died every five minutes.
func (f Fleet) probed() Standing {
	n := float64(f.Applications)
	seconds := startSeconds + n/probesAtOnce*lookSeconds
	return Standing{
		Probe: minutesOfMonth * (f.of(prices.Invocation) + f.of(prices.SchedulerInvocation) + seconds*probeGB*f.of(prices.GBSecond)),
		// Who is sick has an incident, and its document is read at each tick.
		Ticks: rotateTicks*f.tick(readsOfListing, listedAtOnce) + recoverTicks*(f.tick(readsOfSweep, 1)+f.sick()*(f.of(prices.S3Read)+readSeconds*tickGB*f.of(prices.GBSecond))),
		// A document each minute; a manifest and two layers each quarter of an hour.
		Reads: minutesOfMonth * (n*f.of(prices.S3Read)*(1+3.0/looksAtPolicy) + (n/1000+1)*f.of(prices.S3Write)),
	}
}

// sick is how many applications something is wrong with at a time, on average.
func (f Fleet) sick() float64 { return float64(f.Applications) * f.SickHours / HoursOfMonth }

// tick is one tick of a schedule at which each application is read so often, so
// many at once, and nothing is to be done.
func (f Fleet) tick(reads, atOnce float64) float64 {
	n := float64(f.Applications)
	seconds := startSeconds + n*reads*readSeconds/atOnce
	return f.of(prices.SchedulerInvocation) + tickTransitions*f.of(prices.Transition) + f.of(prices.Invocation) + seconds*tickGB*f.of(prices.GBSecond) + n*reads*f.of(prices.S3Read) + (n/1000+1)*f.of(prices.S3Write)
}

// Sparse is the design of the template: nothing is sent of what is well, and one
// alarm on a query stands for all applications.
func (f Fleet) Sparse() Standing {
	s := f.probed()
	sick := f.sick()
	s.Requests = minutesOfMonth * f.of(prices.PutMetrics)
	s.Metrics = f.of(prices.Metric) * (metricsOfProbe + sick*metricsOfSick)
	s.Alarms = f.of(prices.Alarm)*alarmsOfProbe + f.of(prices.AnalysedMetric)*sick*metricsOfSick
	return s
}

// Each is the same metrics with an alarm for each of them and each application.
func (f Fleet) Each() Standing {
	s := f.Sparse()
	s.Alarms = f.of(prices.Alarm) * float64(alarmsOfProbe+f.Applications*metricsOfApplication)
	return s
}

// Dense sends every metric of every application at every minute, to be read by
// the alarms of Each.
func (f Fleet) Dense() Standing {
	s := f.Each()
	n := float64(f.Applications * metricsOfApplication)
	s.Requests = minutesOfMonth * f.of(prices.PutMetrics) * float64(int(n)/perPut+1)
	s.Metrics = f.of(prices.Metric) * (metricsOfProbe + n)
	return s
}
