package template

import (
	"encoding/json"
	"errors"
)

func readAlarm(s *Stack, id ID, properties map[string]any) error {
	var p struct {
		AlarmName, AlarmDescription, Namespace, MetricName, Statistic, ComparisonOperator, TreatMissingData string

		Dimensions                                   []struct{ Name, Value string }
		Period, EvaluationPeriods, DatapointsToAlarm int
		Threshold                                    json.Number
		Metrics                                      []struct {
			Id, Expression, Label string
			Period                int
			ReturnData            *truth
		}
		Tags []struct{ Key, Value string }
	}
	if err := shape(properties, &p); err != nil {
		return err
	}
	threshold, err := p.Threshold.Float64()
	if err != nil {
		return errors.New("an alarm needs a Threshold")
	}
	a := Alarm{
		ID: id, Description: p.AlarmDescription, Namespace: p.Namespace, Metric: p.MetricName, Statistic: p.Statistic, Period: p.Period,
		EvaluationPeriods: p.EvaluationPeriods, DatapointsToAlarm: p.DatapointsToAlarm, Threshold: threshold, Comparison: p.ComparisonOperator, TreatMissing: p.TreatMissingData,
		Dimensions: map[string]string{}, Tags: map[string]string{},
	}
	for _, d := range p.Dimensions {
		a.Dimensions[d.Name] = d.Value
	}
	for _, t := range p.Tags {
		a.Tags[t.Key] = t.Value
	}
	switch len(p.Metrics) {
	case 0:
	case 1:
		a.QueryID, a.Expression, a.Period = p.Metrics[0].Id, p.Metrics[0].Expression, p.Metrics[0].Period
	default:
		return errors.New("an alarm on several metrics is not understood here")
	}
	s.Alarms = append(s.Alarms, a)
	return nil
}
