package metrics

import (
	"testing"
	"time"
)

// row is one line of the tables in
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html:
// X breaches, 0 does not, - is missing; the newest is the last. "retain" is the state there was.
type row struct {
	points                                   string
	missing, ignore, breaching, notBreaching State
}

const retain State = "retain"

func TestMissingDataIsTreatedAsTheServiceDocumentsIt(t *testing.T) {
	for _, table := range []struct {
		m, n int
		rows []row
	}{
		{3, 3, []row{
			{"0-X-X", OK, OK, OK, OK},
			{"----0", OK, OK, OK, OK},
			{"-----", Insufficient, retain, Alarm, OK},
			{"0XX-X", Alarm, Alarm, Alarm, Alarm},
			{"--X--", Alarm, retain, Alarm, OK},
		}},
		{2, 3, []row{
			{"0-X-X", Alarm, Alarm, Alarm, Alarm},
			{"00X0X", Alarm, Alarm, Alarm, Alarm},
			{"0-X--", OK, OK, Alarm, OK},
			{"----0", OK, OK, Alarm, OK},
			{"---X-", Alarm, retain, Alarm, OK},
		}},
		{1, 1, []row{{"00X", Alarm, Alarm, Alarm, Alarm}, {"XX0", OK, OK, OK, OK}, {"---", Insufficient, retain, Alarm, OK}, {"X--", Alarm, Alarm, Alarm, Alarm}}},
	} {
		for _, r := range table.rows {
			for treat, want := range map[string]State{missing: r.missing, ignore: r.ignore, breaching: r.breaching, notBreaching: r.notBreaching} {
				for _, before := range []State{OK, Alarm, Insufficient} {
					d := Definition{EvaluationPeriods: table.n, DatapointsToAlarm: table.m, Threshold: 5, ComparisonOperator: "GreaterThanThreshold", TreatMissingData: treat}
					expected := want
					if want == retain {
						expected = before
					}
					if got := evaluate(d, before, pointsOf(r.points)); got.state != expected {
						t.Errorf("%d of %d, %s, missing is %s, before %s: %s, want %s", table.m, table.n, r.points, treat, before, got.state, expected)
					}
				}
			}
		}
	}
}

func pointsOf(text string) []point {
	var all []point
	for i, c := range text {
		p := point{at: time.Date(2026, 1, 2, 3, i, 0, 0, time.UTC), there: c != '-'}
		if c == 'X' {
			p.value = 9
		}
		all = append(all, p)
	}
	return all
}

func TestAReasonIsWordedAsTheServiceDoes(t *testing.T) {
	d := Definition{EvaluationPeriods: 1, DatapointsToAlarm: 1, Threshold: 5, ComparisonOperator: "GreaterThanThreshold", TreatMissingData: missing}
	for points, want := range map[string]string{
		"-0X": "Threshold Crossed: 1 out of the last 1 datapoints [9.0 (02/01/26 03:02:00)] was greater than the threshold (5.0) (minimum 1 datapoint for OK -> ALARM transition).",
		"X-0": "Threshold Crossed: 1 out of the last 1 datapoints [0.0 (02/01/26 03:02:00)] was not greater than the threshold (5.0) (minimum 1 datapoint for OK -> OK transition).",
		"---": "Insufficient Data: 1 datapoints were unknown.",
	} {
		if got := evaluate(d, OK, pointsOf(points)).reason; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestOnlyTheFormOfTheTemplateIsAQuery(t *testing.T) {
	q, err := parseQuery(`SELECT MAX(FailureRestarts) FROM SCHEMA("Sluice", Namespace, Application) GROUP BY Namespace, Application ORDER BY MAX() DESC`)
	if err != nil || q.namespace != "Sluice" || q.metric != "FailureRestarts" || q.statistic != maximum || len(q.dimensions) != 2 {
		t.Errorf("got %+v, %v", q, err)
	}
	for _, text := range []string{
		`SELECT MAX(FailureRestarts) FROM "Sluice" GROUP BY Application ORDER BY MAX() DESC`,
		`SELECT MAX(A) FROM SCHEMA("Sluice", Namespace, Application) GROUP BY Application ORDER BY MAX() DESC`,
		`SELECT MAX(A) FROM SCHEMA("Sluice", Namespace) GROUP BY Namespace ORDER BY MAX() DESC LIMIT 5`,
		`m1 + m2`,
	} {
		if _, err := parseQuery(text); err == nil {
			t.Errorf("%s is understood", text)
		}
	}
}
