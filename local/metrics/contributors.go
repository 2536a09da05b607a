package metrics

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"time"

	"github.com/sluice-flink/sluice/events"
)

// Limits of a query and of an alarm on it.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html
const (
	maxSeries       = 500 // that a query returns, in its own order
	maxContributors = 100 // that are in ALARM
)

// found is one series of a query that is there.
type found struct {
	id         string
	attributes map[string]string
	out        outcome
	newest     float64
}

// evaluateQuery evaluates every series of an alarm's query, and the alarm as a whole.
func (s *Service) evaluateQuery(a *Status, now time.Time) []events.Event {
	q, err := parseQuery(a.Expression)
	if err != nil {
		s.o.Log("alarm %s: %v", a.Name, err) // normal has read it
		return nil
	}
	all := s.seriesOf(a, q, now)
	var told []events.Event
	raised := map[string]Contributor{}
	for _, f := range all {
		if f.out.state != Alarm || len(raised) == maxContributors {
			continue
		}
		c, known := a.Contributors[f.id]
		if !known {
			c = Contributor{ID: f.id, Attributes: f.attributes, Transitioned: now}
		}
		c.Reason = contributorReason(a.Definition, f.out)
		raised[f.id] = c
		if !known {
			told = append(told, s.contributorChange(*a, c, Alarm))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(a.Contributors)) {
		if c, still := a.Contributors[id], raised[id]; still.ID == "" {
			c.Reason, c.Transitioned = "Threshold Crossed: the time series is within the threshold, or there is no data of it.", now
			told = append(told, s.contributorChange(*a, c, OK))
		}
	}
	a.Contributors = raised
	out := whole(a.Definition, a.State, len(raised), len(all))
	if out.state != a.State {
		told = append(told, s.move(a, out, now)...)
	}
	return told
}

// seriesOf evaluates the series of a query that have data in the range that the
// alarm looks at, the greatest first.
func (s *Service) seriesOf(a *Status, q query, now time.Time) []found {
	var all []found
	for key, one := range s.series {
		if !q.matches(one) {
			continue
		}
		points := one.points(q.statistic, a.Period, a.EvaluationPeriods+beyond, now)
		there := newestReal(points, len(points))
		if len(there) == 0 {
			continue
		}
		hash := fnv.New64a()
		_, _ = hash.Write([]byte(key)) // never fails
		before := OK
		id := fmt.Sprintf("%016x", hash.Sum64())
		if _, raised := a.Contributors[id]; raised {
			before = Alarm
		}
		all = append(all, found{id: id, attributes: one.dimensions, out: evaluate(a.Definition, before, points), newest: there[len(there)-1].value})
	}
	slices.SortFunc(all, func(a, b found) int { return cmp.Or(cmp.Compare(b.newest, a.newest), cmp.Compare(a.id, b.id)) })
	return all[:min(len(all), maxSeries)]
}

// whole is what the alarm itself says of its contributors.
func whole(d Definition, now State, raised, all int) outcome {
	switch {
	case raised >= maxContributors:
		return outcome{state: Alarm, reason: fmt.Sprintf("%d+ time series evaluated to ALARM", maxContributors)}
	case raised > 0:
		return outcome{state: Alarm, reason: fmt.Sprintf("%d out of %d time series evaluated to ALARM", raised, all)}
	case all > 0 || d.TreatMissingData == notBreaching:
		return outcome{state: OK, reason: fmt.Sprintf("0 out of %d time series evaluated to ALARM", all)}
	case d.TreatMissingData == breaching:
		return outcome{state: Alarm, reason: "no time series were returned, and missing data is treated as [Breaching]"}
	case d.TreatMissingData == ignore:
		return outcome{state: now}
	}
	return outcome{state: Insufficient, reason: "no time series were returned"}
}

func contributorReason(d Definition, out outcome) string {
	n := count(d, out.used)
	var newest point
	for _, p := range out.used {
		if comparisons[d.ComparisonOperator].breaches(p.value, d.Threshold) {
			newest = p
		}
	}
	return fmt.Sprintf("Threshold Crossed: %d %s %s %s the threshold (%s). The most recent datapoint which crossed the threshold: [%s (%s)].",
		n, plural("datapoint", n), were(n), comparisons[d.ComparisonOperator].is, number(d.Threshold), number(newest.value), newest.at.Format("02/01/06 15:04:05"))
}
