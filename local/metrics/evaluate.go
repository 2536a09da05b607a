package metrics

import (
	"fmt"
	"strconv"
	"strings"
)

// State is what an alarm says.
type State string

// The states.
const (
	OK           State = "OK"
	Alarm        State = "ALARM"
	Insufficient State = "INSUFFICIENT_DATA"
)

// beyond is how many periods more than it evaluates an alarm retrieves, so that
// data which comes late or sparsely is not missing. The service does not say how
// many; the examples of its documentation have two.
const beyond = 2

// outcome is what an evaluation found.
type outcome struct {
	state  State
	reason string
	used   []point // the data points that decided, oldest first
}

// evaluate decides an alarm's state from the points of its evaluation range,
// oldest first: from the newest ones that are there if they are enough, else
// with what is missing treated as the alarm says.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
func evaluate(d Definition, now State, all []point) outcome {
	real := newestReal(all, d.EvaluationPeriods)
	breaches := count(d, real)
	filled := d.EvaluationPeriods - len(real)
	out := outcome{used: real}
	switch {
	case breaches >= d.DatapointsToAlarm:
		out.state = Alarm
	case filled == 0:
		out.state = OK
	default:
		out.state = d.withMissing(now, all, len(real), breaches, filled)
	}
	out.reason = d.reason(now, out, filled)
	return out
}

// withMissing decides where fewer data points are there than are evaluated, and
// those that are there do not raise the alarm by themselves.
func (d Definition) withMissing(now State, all []point, there, breaches, filled int) State {
	switch d.TreatMissingData {
	case notBreaching:
		return OK
	case breaching:
		if breaches+filled >= d.DatapointsToAlarm {
			return Alarm
		}
		return OK
	}
	switch {
	case breaches < there: // one that is there is within the threshold
		return OK
	case d.TreatMissingData == ignore:
		return now
	case there == 0:
		return Insufficient
	case oldestAge(all) >= d.DatapointsToAlarm: // it is not too early to say so
		return Alarm
	}
	return now
}

// oldestAge is how many periods ago the oldest point is, the newest period being 1.
func oldestAge(all []point) int {
	for i, p := range all {
		if p.there {
			return len(all) - i
		}
	}
	return 0
}

func newestReal(all []point, n int) []point {
	var real []point
	for i := len(all) - 1; i >= 0 && len(real) < n; i-- {
		if all[i].there {
			real = append([]point{all[i]}, real...)
		}
	}
	return real
}

func count(d Definition, points []point) int {
	n := 0
	for _, p := range points {
		if comparisons[d.ComparisonOperator].breaches(p.value, d.Threshold) {
			n++
		}
	}
	return n
}

// reason words an outcome as the service does.
func (d Definition) reason(before State, out outcome, filled int) string {
	if out.state == Insufficient {
		return fmt.Sprintf("Insufficient Data: %d datapoints were unknown.", d.EvaluationPeriods)
	}
	if len(out.used) == 0 {
		return fmt.Sprintf("Threshold Crossed: no datapoints were received for %d %s and %d missing %s treated as [%s].",
			d.EvaluationPeriods, plural("period", d.EvaluationPeriods), filled, plural("datapoint", filled)+" "+were(filled), capitals(d.TreatMissingData))
	}
	n, words := count(d, out.used), comparisons[d.ComparisonOperator].is
	if out.state != Alarm {
		n, words = len(out.used)-n, comparisons[d.ComparisonOperator].not
	}
	var values []string
	for i := len(out.used) - 1; i >= 0; i-- {
		values = append(values, fmt.Sprintf("%s (%s)", number(out.used[i].value), out.used[i].at.Format("02/01/06 15:04:05")))
	}
	least := d.DatapointsToAlarm
	if out.state == OK {
		least = d.EvaluationPeriods - d.DatapointsToAlarm + 1
	}
	return fmt.Sprintf("Threshold Crossed: %d out of the last %d datapoints [%s] %s %s the threshold (%s) (minimum %d %s for %s -> %s transition).",
		n, len(out.used), strings.Join(values, ", "), were(n), words, number(d.Threshold), least, plural("datapoint", least), before, out.state)
}

func were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func plural(word string, n int) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

func capitals(treat string) string {
	return strings.ToUpper(treat[:1]) + treat[1:]
}

// number writes a value as the service does: 50.0, 0.25.
func number(value float64) string {
	text := strconv.FormatFloat(value, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
