package figures

import "fmt"

// List prices of us-east-1, without free tiers, in dollars. CloudWatch's are by
// the month, charged by the hour in which something is sent or evaluated
// (https://aws.amazon.com/cloudwatch/pricing/, https://aws.amazon.com/eventbridge/pricing/).
const (
	customMetric    = 0.30       // a metric and month, the first 10,000
	standardAlarm   = 0.10       // an alarm and month
	insightsAlarm   = 0.10       // each metric that an alarm's query analyses, a month; no free tier
	putMetricData   = 0.01 / 1e3 // a request
	schedulerInvoke = 1.00 / 1e6

	hoursOfMonth   = 730
	minutesOfMonth = hoursOfMonth * 60
)

// Fleet is what standing costs depend on.
type Fleet struct {
	Applications int
	SickHours    float64 // hours a month in which something is wrong with an application
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
	rotateTicks     = hoursOfMonth * 4
	recoverTicks    = hoursOfMonth * 12
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
		Probe: minutesOfMonth * (pricePerInvocation + schedulerInvoke + seconds*probeGB*pricePerGBSecond),
		// Who is sick has an incident, and its document is read at each tick.
		Ticks: rotateTicks*f.tick(readsOfListing, listedAtOnce) + recoverTicks*(f.tick(readsOfSweep, 1)+f.sick()*(pricePerRead+readSeconds*tickGB*pricePerGBSecond)),
		// A document each minute; a manifest and two layers each quarter of an hour.
		Reads: minutesOfMonth * (n*pricePerRead*(1+3.0/looksAtPolicy) + (n/1000+1)*pricePerWrite),
	}
}

// sick is how many applications something is wrong with at a time, on average.
func (f Fleet) sick() float64 { return float64(f.Applications) * f.SickHours / hoursOfMonth }

// tick is one tick of a schedule at which each application is read so often, so
// many at once, and nothing is to be done.
func (f Fleet) tick(reads, atOnce float64) float64 {
	n := float64(f.Applications)
	seconds := startSeconds + n*reads*readSeconds/atOnce
	return schedulerInvoke + tickTransitions*pricePerTransition + pricePerInvocation + seconds*tickGB*pricePerGBSecond + n*reads*pricePerRead + (n/1000+1)*pricePerWrite
}

// Sparse is the design of the template: nothing is sent of what is well, and one
// alarm on a query stands for all applications.
func (f Fleet) Sparse() Standing {
	s := f.probed()
	sick := f.sick()
	s.Requests = minutesOfMonth * putMetricData
	s.Metrics = customMetric * (metricsOfProbe + sick*metricsOfSick)
	s.Alarms = standardAlarm*alarmsOfProbe + insightsAlarm*sick*metricsOfSick
	return s
}

// Each is the same metrics with an alarm for each of them and each application.
func (f Fleet) Each() Standing {
	s := f.Sparse()
	s.Alarms = standardAlarm * float64(alarmsOfProbe+f.Applications*metricsOfApplication)
	return s
}

// Dense sends every metric of every application at every minute, to be read by
// the alarms of Each.
func (f Fleet) Dense() Standing {
	s := f.Each()
	n := float64(f.Applications * metricsOfApplication)
	s.Requests = minutesOfMonth * putMetricData * float64(int(n)/perPut+1)
	s.Metrics = customMetric * (metricsOfProbe + n)
	return s
}

// What is asked of it.
const (
	standingGoalAt   = 200 // applications
	maxStanding      = 1.0 // dollars an application and month
	sickHoursOfMonth = 8.0 // of each application, for the tables: something is wrong with one of ninety at any time
)

func standingGoal() Goal {
	each := Fleet{standingGoalAt, sickHoursOfMonth}.Sparse().Total() / standingGoalAt
	return Goal{fmt.Sprintf("standing cost of an application and month at %d applications: probe, ticks, metrics and alarms", standingGoalAt),
		fmt.Sprintf("$%.3f", each), fmt.Sprintf("at most $%.0f", maxStanding), each <= maxStanding, "computed"}
}

// standingTable stands beside the cost of a release, where that was measured.
func (r Results) standingTable() string {
	if r.Release.Transitions == 0 {
		return ""
	}
	var rows [][]string
	for _, n := range []int{10, 100, 200, 1000} {
		f := Fleet{n, sickHoursOfMonth}
		for _, design := range []struct {
			name string
			cost Standing
		}{{"sparse, one alarm for all", f.Sparse()}, {"sparse, an alarm each", f.Each()}, {"dense, an alarm each", f.Dense()}} {
			c := design.cost
			row := []string{fmt.Sprint(n), design.name}
			for _, part := range []float64{c.Probe, c.Ticks, c.Reads, c.Requests, c.Metrics, c.Alarms, c.Total()} {
				row = append(row, fmt.Sprintf("%.2f", part))
			}
			rows = append(rows, append(row, fmt.Sprintf("%.3f", c.Total()/float64(n))))
		}
	}
	note := fmt.Sprintf("Computed at list prices of us-east-1 without free tiers (`test/bench/figures/standing.go`), dollars a month; each application is sick for %.0f hours of it. The first design is the one in the template.", sickHoursOfMonth)
	return table("Standing cost", note, []string{"applications", "design", "probe", "ticks of rotate and recover", "S3 reads of the probe", "PutMetricData", "metrics", "alarms", "all", "an application"}, rows)
}
