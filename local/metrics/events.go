package metrics

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/sluice-flink/sluice/events"
)

// What CloudWatch calls its events. Their forms are those of
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html.
const (
	eventSource           = "aws.cloudwatch"
	stateChangeType       = "CloudWatch Alarm State Change"
	contributorChangeType = "CloudWatch Alarm Contributor State Change"
	eventTime             = "2006-01-02T15:04:05.000+0000"
)

type stateDetail struct {
	Value      State  `json:"value"`
	Reason     string `json:"reason"`
	ReasonData string `json:"reasonData,omitempty"`
	Timestamp  string `json:"timestamp"`
}

type changeDetail struct {
	AlarmName     string             `json:"alarmName"`
	Contributor   *contributorDetail `json:"alarmContributor,omitempty"`
	State         stateDetail        `json:"state"`
	PreviousState *stateDetail       `json:"previousState,omitempty"`
	Configuration configuration      `json:"configuration"`
}

type contributorDetail struct {
	ID         string            `json:"id"`
	Attributes map[string]string `json:"attributes"`
}

type configuration struct {
	Metrics     []metricQuery `json:"metrics"`
	Description string        `json:"description,omitempty"`
}

type metricQuery struct {
	ID         string      `json:"id"`
	Expression string      `json:"expression,omitempty"`
	Period     int         `json:"period,omitempty"`
	MetricStat *metricStat `json:"metricStat,omitempty"`
	ReturnData bool        `json:"returnData"`
}

type metricStat struct {
	Metric struct {
		Dimensions map[string]string `json:"dimensions,omitempty"`
		Name       string            `json:"name"`
		Namespace  string            `json:"namespace"`
	} `json:"metric"`
	Period int    `json:"period"`
	Stat   string `json:"stat"`
}

// stateChange tells of an alarm as a whole.
func (s *Service) stateChange(before, after Status) events.Event {
	previous := before.detail()
	return s.event(after, stateChangeType, changeDetail{State: after.detail(), PreviousState: &previous})
}

// contributorChange tells of one series of an alarm's query.
func (s *Service) contributorChange(a Status, c Contributor, state State) events.Event {
	return s.event(a, contributorChangeType, changeDetail{
		Contributor: &contributorDetail{c.ID, c.Attributes},
		State:       stateDetail{Value: state, Reason: c.Reason, Timestamp: c.Transitioned.Format(eventTime)},
	})
}

func (s *Service) event(a Status, kind string, d changeDetail) events.Event {
	d.AlarmName, d.Configuration = a.Name, a.configuration()
	detail, err := json.Marshal(d)
	if err != nil {
		panic(err) // a struct of texts can always be written
	}
	return events.Event{
		Version: "0", ID: uuid.NewString(), Source: eventSource, DetailType: kind, Account: s.o.Account, Region: s.o.Region,
		Time: s.o.Clock.Now().UTC().Truncate(time.Second), Resources: []string{a.ARN}, Detail: detail,
	}
}

func (s Status) detail() stateDetail {
	return stateDetail{Value: s.State, Reason: s.Reason, ReasonData: s.ReasonData, Timestamp: s.Updated.Format(eventTime)}
}

func (d Definition) configuration() configuration {
	q := metricQuery{ID: d.QueryID, ReturnData: true}
	if d.Expression != "" {
		q.Expression, q.Period = d.Expression, d.Period
		return configuration{Metrics: []metricQuery{q}, Description: d.Description}
	}
	q.ID = uuid.NewSHA1(uuid.NameSpaceOID, []byte(d.ARN)).String()
	q.MetricStat = &metricStat{Period: d.Period, Stat: d.Statistic}
	q.MetricStat.Metric.Dimensions, q.MetricStat.Metric.Name, q.MetricStat.Metric.Namespace = d.Dimensions, d.MetricName, d.Namespace
	return configuration{Metrics: []metricQuery{q}, Description: d.Description}
}

// data is what the service gives machines to read of an evaluation.
func (d Definition) data(out outcome, now time.Time) string {
	if d.Expression != "" || len(out.used) == 0 {
		return ""
	}
	values := []float64{}
	for _, p := range out.used {
		values = append(values, p.value)
	}
	text, err := json.Marshal(struct {
		Version   string    `json:"version"`
		Queried   string    `json:"queryDate"`
		Start     string    `json:"startDate"`
		Statistic string    `json:"statistic"`
		Period    int       `json:"period"`
		Recent    []float64 `json:"recentDatapoints"`
		Threshold float64   `json:"threshold"`
	}{"1.0", now.Format(eventTime), out.used[0].at.Format(eventTime), d.Statistic, d.Period, values, d.Threshold})
	if err != nil {
		return ""
	}
	return string(text)
}
