package metrics_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/local/metrics"
)

// stage is a service whose time a test sets.
type stage struct {
	*metrics.Service
	t    *testing.T
	now  time.Time
	told []events.Event
	file string
}

func (s *stage) Now() time.Time { return s.now }

func (s *stage) Sleep(ctx context.Context, d time.Duration) error { return ctx.Err() }

func open(t *testing.T, file string, alarms ...metrics.Definition) *stage {
	t.Helper()
	s := &stage{t: t, now: time.Date(2026, 1, 2, 3, 0, 30, 0, time.UTC), file: file}
	service, err := metrics.Open(metrics.Options{
		File: file, Alarms: alarms, Account: "1", Region: "us-east-1", Partition: "aws", Clock: s, Log: t.Logf,
		Send: func(e events.Event) { s.told = append(s.told, e) },
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Service = service
	return s
}

func (s *stage) put(app string, value float64) {
	s.t.Helper()
	if err := s.Put([]metrics.Datum{{Namespace: "Sluice", Name: "FailureRestarts", Dimensions: map[string]string{"Namespace": "orders", "Application": app}, At: s.now, Value: value}}); err != nil {
		s.t.Fatal(err)
	}
}

// minute lets a minute pass and looks.
func (s *stage) minute() {
	s.now = s.now.Add(time.Minute)
	s.Look()
}

// says lists what was told since the last call.
func (s *stage) says() []string {
	var all []string
	for _, e := range s.told {
		var d struct {
			AlarmName        string
			AlarmContributor *struct{ Attributes map[string]string }
			State            struct{ Value string }
			PreviousState    *struct{ Value string }
		}
		if err := json.Unmarshal(e.Detail, &d); err != nil {
			s.t.Fatal(err)
		}
		line := d.AlarmName
		if d.AlarmContributor != nil {
			line += "/" + d.AlarmContributor.Attributes["Application"]
		}
		if d.PreviousState != nil {
			line += " " + d.PreviousState.Value + " →"
		}
		all = append(all, line+" "+d.State.Value)
	}
	s.told = nil
	return all
}

var one = metrics.Definition{
	Name: "fraud", Namespace: "Sluice", MetricName: "FailureRestarts", Dimensions: map[string]string{"Namespace": "orders", "Application": "fraud"},
	Statistic: "Maximum", Period: 60, EvaluationPeriods: 2, Threshold: 3, ComparisonOperator: "GreaterThanThreshold", TreatMissingData: "notBreaching",
}

var many = metrics.Definition{
	Name: "restarts", QueryID: "q", Expression: `SELECT MAX(FailureRestarts) FROM SCHEMA("Sluice", Namespace, Application) GROUP BY Namespace, Application ORDER BY MAX() DESC`,
	Period: 60, EvaluationPeriods: 1, Threshold: 3, ComparisonOperator: "GreaterThanOrEqualToThreshold", TreatMissingData: "notBreaching",
}

func file(t *testing.T) string { return filepath.Join(t.TempDir(), "alarms.json") }

func TestAnAlarmTellsOnlyOfChanges(t *testing.T) {
	s := open(t, file(t), one)
	s.minute()
	for range 3 {
		s.put("fraud", 5)
		s.put("other", 50)
		s.minute()
	}
	if got := fmt.Sprint(s.says()); got != "[fraud INSUFFICIENT_DATA → OK fraud OK → ALARM]" {
		t.Errorf("told %s", got)
	}
	for range 4 {
		s.minute()
	}
	if got := fmt.Sprint(s.says()); got != "[fraud ALARM → OK]" {
		t.Errorf("told %s", got)
	}
}

func TestASeriesOfAQueryIsAContributorOfItsOwn(t *testing.T) {
	s := open(t, file(t), many)
	s.minute()
	s.put("a", 4)
	s.put("b", 1)
	s.minute()
	if got := fmt.Sprint(s.says()); got != "[restarts INSUFFICIENT_DATA → OK restarts/a ALARM restarts OK → ALARM]" {
		t.Errorf("told %s", got)
	}
	s.put("a", 4)
	s.put("b", 4)
	s.minute()
	if got := fmt.Sprint(s.says()); got != "[restarts/b ALARM]" {
		t.Errorf("the alarm's own state has not changed, and was told: %s", got)
	}
	in, err := s.Contributors("restarts")
	if err != nil || len(in) != 2 || in[0].Attributes["Namespace"] != "orders" {
		t.Errorf("in ALARM: %+v, %v", in, err)
	}
	s.put("b", 4)
	for range 3 {
		s.minute()
	}
	s.put("b", 4)
	s.minute()
	if got := fmt.Sprint(s.says()); got != "[restarts/a OK]" {
		t.Errorf("told %s", got)
	}
	for range 4 {
		s.minute()
	}
	if got := fmt.Sprint(s.says()); got != "[restarts/b OK restarts ALARM → OK]" {
		t.Errorf("told %s", got)
	}
}

func TestAtMostAHundredContributorsAreInAlarm(t *testing.T) {
	s := open(t, file(t), many)
	for i := range 130 {
		s.put(fmt.Sprint("app-", i), float64(10+i))
	}
	s.minute()
	in, err := s.Contributors("restarts")
	if err != nil || len(in) != 100 || len(s.told) != 101 {
		t.Errorf("%d in ALARM, %d told, %v", len(in), len(s.told), err)
	}
	if a := s.Alarms(func(metrics.Status) bool { return true })[0]; a.Reason != "100+ time series evaluated to ALARM" {
		t.Errorf("it says %q", a.Reason)
	}
}

func TestAnEventHasTheServicesForm(t *testing.T) {
	s := open(t, file(t), many, one)
	for range 2 {
		s.put("fraud", 5)
		s.minute()
	}
	var alarm, contributor string
	for _, e := range s.told {
		if e.Source != "aws.cloudwatch" || len(e.Resources) != 1 {
			t.Errorf("got %+v", e)
		}
		if e.Resources[0] == "arn:aws:cloudwatch:us-east-1:1:alarm:fraud" {
			alarm = e.DetailType + " " + string(e.Detail)
		} else if strings.Contains(e.DetailType, "Contributor") {
			contributor = e.DetailType + " " + string(e.Detail)
		}
	}
	for _, want := range []string{
		`CloudWatch Alarm State Change {"alarmName":"fraud","state":{"value":"ALARM","reason":"Threshold Crossed: 2 out of the last 2 datapoints [5.0 (02/01/26 03:01:00), 5.0 (02/01/26 03:00:00)] were greater than the threshold (3.0) (minimum 2 datapoints for OK -\u003e ALARM transition).",`,
		`"reasonData":"{\"version\":\"1.0\",\"queryDate\":\"2026-01-02T03:02:30.000+0000\",\"startDate\":\"2026-01-02T03:00:00.000+0000\",\"statistic\":\"Maximum\",\"period\":60,\"recentDatapoints\":[5,5],\"threshold\":3}","timestamp":"2026-01-02T03:02:30.000+0000"}`,
		`"previousState":{"value":"OK",`,
		`"metricStat":{"metric":{"dimensions":{"Application":"fraud","Namespace":"orders"},"name":"FailureRestarts","namespace":"Sluice"},"period":60,"stat":"Maximum"},"returnData":true}]}}`,
	} {
		if !strings.Contains(alarm, want) {
			t.Errorf("%s\nis not in %s", want, alarm)
		}
	}
	want := `CloudWatch Alarm Contributor State Change {"alarmName":"restarts","alarmContributor":{"id":"`
	rest := `","attributes":{"Application":"fraud","Namespace":"orders"}},"state":{"value":"ALARM","reason":"Threshold Crossed: 1 datapoint was greater than or equal to the threshold (3.0). The most recent datapoint which crossed the threshold: [5.0 (02/01/26 03:00:00)].","timestamp":"2026-01-02T03:01:30.000+0000"},"configuration":{"metrics":[{"id":"q","expression":"SELECT`
	if !strings.HasPrefix(contributor, want) || !strings.Contains(contributor, rest) {
		t.Errorf("got %s", contributor)
	}
}

func TestDefinitionsTagsAndStatesOutliveTheProcess(t *testing.T) {
	kept := file(t)
	s := open(t, kept, one)
	own := one
	own.Name, own.Tags = "own", map[string]string{"sluice:application": "orders/fraud"}
	if err := s.Set(own); err != nil {
		t.Fatal(err)
	}
	if err := s.SetState("own", metrics.Alarm, "by hand"); err != nil {
		t.Fatal(err)
	}
	again := open(t, kept, one)
	all := again.Alarms(func(a metrics.Status) bool { return a.State == metrics.Alarm })
	if len(all) != 1 || all[0].Name != "own" || all[0].Reason != "by hand" {
		t.Errorf("kept %+v", all)
	}
	if tags, err := again.Tags(all[0].ARN); err != nil || tags["sluice:application"] != "orders/fraud" {
		t.Errorf("tags %v, %v", tags, err)
	}
}

func TestWhatAnAlarmCannotBeIsSaidAtOnce(t *testing.T) {
	s := open(t, file(t))
	err := s.Set(metrics.Definition{Name: "x", Namespace: "n", MetricName: "m", Statistic: "p99", Period: 10, EvaluationPeriods: 1, DatapointsToAlarm: 2, ComparisonOperator: "LessThanLowerThreshold", TreatMissingData: "guess"})
	for _, want := range []string{"p99", "10 seconds", "2 of 1", "LessThanLowerThreshold", "guess"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not said in %v", want, err)
		}
	}
	if err := s.Put([]metrics.Datum{{Namespace: "n", Name: "m", At: s.now.Add(-15 * 24 * time.Hour)}}); err == nil {
		t.Error("a data point of long ago was taken")
	}
}
