package events

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Amazon CloudWatch sends these on the default bus when an alarm, or one series
// of a multi-series alarm, changes its state: then only, so an alarm that stays
// raised is not heard of again. They are read by the rule that starts a
// remediation and by the state Diagnose. Delivery is durable, at least once
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html).
const (
	AlarmSource                      = "aws.cloudwatch"
	AlarmStateChangedType            = "CloudWatch Alarm State Change"
	AlarmContributorStateChangedType = "CloudWatch Alarm Contributor State Change"
)

// AlarmRaised is the state of an alarm that has gone off.
const AlarmRaised = "ALARM"

// AlarmStateChangedDetail is the detail of both events.
type AlarmStateChangedDetail struct {
	AlarmName     string             `json:"alarmName"`
	Contributor   *AlarmContributor  `json:"alarmContributor,omitempty"` // the series that changed; nil: the alarm itself did
	State         AlarmState         `json:"state"`
	PreviousState *AlarmState        `json:"previousState,omitempty"`
	Configuration AlarmConfiguration `json:"configuration"`
	Tags          map[string]string  `json:"alarmTags,omitempty"`  // where the alarm's tags are propagated
	Mute          *AlarmMute         `json:"muteDetail,omitempty"` // a rule of the account mutes the alarm
}

// AlarmContributor is one series of a multi-series alarm.
type AlarmContributor struct {
	ID         string            `json:"id"`
	Attributes map[string]string `json:"attributes,omitempty"` // what the query groups by
}

// AlarmState is a state and why.
type AlarmState struct {
	Value        string `json:"value"` // OK, ALARM or INSUFFICIENT_DATA
	Reason       string `json:"reason,omitempty"`
	ReasonData   string `json:"reasonData,omitempty"`          // JSON; of a composite alarm, which alarms triggered it
	Timestamp    string `json:"timestamp,omitempty"`           // as in 2019-10-02T17:04:40.989+0000
	SuppressedBy string `json:"actionsSuppressedBy,omitempty"` // of a composite alarm: WaitPeriod, ExtensionPeriod or Alarm
}

// AlarmConfiguration is what the alarm is about.
type AlarmConfiguration struct {
	Description string        `json:"description,omitempty"`
	Metrics     []AlarmMetric `json:"metrics,omitempty"`
	AlarmRule   string        `json:"alarmRule,omitempty"` // of a composite alarm
}

// AlarmMetric is a metric or an expression.
type AlarmMetric struct {
	ID         string           `json:"id,omitempty"`
	Expression string           `json:"expression,omitempty"`
	MetricStat *AlarmMetricStat `json:"metricStat,omitempty"`
}

// AlarmMetricStat is a statistic of a metric.
type AlarmMetricStat struct {
	Metric struct {
		Namespace  string            `json:"namespace"`
		Name       string            `json:"name"`
		Dimensions map[string]string `json:"dimensions,omitempty"`
	} `json:"metric"`
}

// AlarmMute says which rule of the account mutes an alarm.
type AlarmMute struct {
	By string `json:"mutedByArn"`
}

// AlarmStateChanged reads the detail of an alarm's event; ok is false for every
// other event.
func AlarmStateChanged(e Event) (d AlarmStateChangedDetail, ok bool, err error) {
	if e.Source != AlarmSource || e.DetailType != AlarmStateChangedType && e.DetailType != AlarmContributorStateChangedType {
		return d, false, nil
	}
	if err := json.Unmarshal(e.Detail, &d); err != nil {
		return d, true, fmt.Errorf("the detail of the %s event cannot be read: %w", e.DetailType, err)
	}
	switch {
	case d.AlarmName == "" || d.State.Value == "":
		return d, true, fmt.Errorf("the %s event names no alarm or no state", e.DetailType)
	case len(d.AlarmName) > maxAlarmName:
		return d, true, fmt.Errorf("the %s event has a name of %d bytes, and an alarm's ends at %d characters: it is not of CloudWatch", e.DetailType, len(d.AlarmName), maxAlarmName)
	case (e.DetailType == AlarmContributorStateChangedType) != (d.Contributor != nil):
		return d, true, fmt.Errorf("the %s event does not say which series changed, or says so of a whole alarm", e.DetailType)
	}
	return d, true, nil
}

// maxAlarmName is how long an alarm's name may be
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html).
const maxAlarmName = 255

// Dimensions are those that all metrics of the alarm have in common: of one
// series of a multi-series alarm, what its query groups by.
func (d AlarmStateChangedDetail) Dimensions() map[string]string {
	if d.Contributor != nil {
		return d.Contributor.Attributes
	}
	var common map[string]string
	for _, m := range d.Configuration.Metrics {
		switch {
		case m.MetricStat == nil:
		case common == nil:
			common = map[string]string{}
			for name, value := range m.MetricStat.Metric.Dimensions {
				common[name] = value
			}
		default:
			for name, value := range common {
				if m.MetricStat.Metric.Dimensions[name] != value {
					delete(common, name)
				}
			}
		}
	}
	return common
}

// insights is the metric and the namespace of a Metrics Insights query
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html).
var insights = regexp.MustCompile(`(?i)\bSELECT\s+\w+\s*\(\s*"?([^")]+?)"?\s*\)\s+FROM\s+(?:SCHEMA\s*\(\s*)?(?:"([^"]+)"|([^\s",()]+))`)

// AlarmSubject is a metric that an alarm is about.
type AlarmSubject struct{ Namespace, Metric string }

// Subjects are the metrics that the alarm is about, as far as its event tells: a
// composite alarm's does not.
func (d AlarmStateChangedDetail) Subjects() []AlarmSubject {
	var all []AlarmSubject
	for _, m := range d.Configuration.Metrics {
		if m.MetricStat != nil {
			all = append(all, AlarmSubject{m.MetricStat.Metric.Namespace, m.MetricStat.Metric.Name})
		}
		for _, found := range insights.FindAllStringSubmatch(m.Expression, -1) {
			all = append(all, AlarmSubject{found[2] + found[3], found[1]})
		}
	}
	return all
}

// OfManySeries tells whether the event is of a multi-series alarm as a whole:
// those of its series tell what changed.
func (d AlarmStateChangedDetail) OfManySeries() bool {
	return d.Contributor == nil && slices.ContainsFunc(d.Configuration.Metrics, func(m AlarmMetric) bool {
		return strings.Contains(strings.ToUpper(m.Expression), "GROUP BY")
	})
}

// Triggers are the names of the alarms that a composite alarm's event says have triggered it.
func (d AlarmStateChangedDetail) Triggers() []string {
	var data struct {
		TriggeringAlarms []struct {
			ARN   string `json:"arn"`
			State struct {
				Value string `json:"value"`
			} `json:"state"`
		} `json:"triggeringAlarms"`
	}
	if d.Configuration.AlarmRule == "" || json.Unmarshal([]byte(d.State.ReasonData), &data) != nil {
		return nil
	}
	var names []string
	for _, a := range data.TriggeringAlarms {
		if _, name, ok := strings.Cut(a.ARN, ":alarm:"); ok && a.State.Value == d.State.Value {
			names = append(names, name)
		}
	}
	return names
}

// At is when the state began, by CloudWatch's clock; the event's time where it does not say.
func (d AlarmStateChangedDetail) At(e Event) time.Time {
	for _, form := range []string{"2006-01-02T15:04:05.000-0700", time.RFC3339} {
		if at, err := time.Parse(form, d.State.Timestamp); err == nil {
			return at.UTC()
		}
	}
	return e.Time.UTC()
}

// AlarmsRaised is the pattern of the rule that starts a remediation. That an
// alarm is quiet again is seen by looking; no event of that is waited for.
func AlarmsRaised() Pattern {
	return Pattern{
		Source:     []string{AlarmSource},
		DetailType: []string{AlarmStateChangedType, AlarmContributorStateChangedType},
		Detail:     map[string]any{"state": map[string]any{"value": []any{AlarmRaised}}},
	}
}
