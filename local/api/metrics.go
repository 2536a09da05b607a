package api

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/local/metrics"
)

// The shapes below are those of
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html,
// as far as Sluice and people who try it use them.

type pair struct{ Name, Value string }

type tag struct{ Key, Value string }

// cloudWatchOperations by name.
func cloudWatchOperations(o Options) map[string]operation {
	return map[string]operation{
		"PutMetricData":             putMetricData(o),
		"PutMetricAlarm":            putMetricAlarm(o),
		"DescribeAlarms":            describeAlarms(o),
		"DescribeAlarmContributors": describeContributors(o),
		"SetAlarmState":             setAlarmState(o),
		"ListTagsForResource":       listTags(o),
		"TagResource":               tagResource(o),
	}
}

func metricsFault(err error) error {
	switch {
	case errors.Is(err, metrics.ErrNotFound):
		return badRequest("ResourceNotFoundException", err.Error())
	case errors.Is(err, metrics.ErrInvalid):
		return badRequest("ValidationError", err.Error())
	}
	return err
}

func dimensions(pairs []pair) map[string]string {
	out := map[string]string{}
	for _, p := range pairs {
		out[p.Name] = p.Value
	}
	return out
}

// maxData is how many metrics one request may carry.
const maxData = 1000

func putMetricData(o Options) operation {
	type datum struct {
		MetricName, Unit  string
		Dimensions        []pair
		Timestamp         *float64
		Value             *float64
		StorageResolution int
	}
	type request struct {
		Namespace              string
		MetricData             []datum
		StrictEntityValidation bool
	}
	return call(func(in request) (any, error) {
		if len(in.MetricData) > maxData || strings.HasPrefix(in.Namespace, "AWS/") {
			return nil, badRequest("ValidationError", fmt.Sprintf("at most %d metrics of a namespace that is not AWS's", maxData))
		}
		var data []metrics.Datum
		for _, d := range in.MetricData {
			if d.Value == nil || d.StorageResolution > 0 && d.StorageResolution != 60 {
				return nil, badRequest("ValidationError", "the metric "+d.MetricName+" is not understood here: one Value, of minutes")
			}
			at := o.Now()
			if d.Timestamp != nil {
				at = time.UnixMilli(int64(*d.Timestamp * 1000))
			}
			data = append(data, metrics.Datum{Namespace: in.Namespace, Name: d.MetricName, Dimensions: dimensions(d.Dimensions), At: at, Value: *d.Value})
		}
		return map[string]any{}, metricsFault(o.Metrics.Put(data))
	})
}

func putMetricAlarm(o Options) operation {
	type expression struct {
		Id, Expression, Label string
		Period                int
		ReturnData            *bool
	}
	type request struct {
		AlarmName, AlarmDescription, Namespace, MetricName, Statistic, ComparisonOperator, TreatMissingData string

		Dimensions                                   []pair
		Period, EvaluationPeriods, DatapointsToAlarm int
		Threshold                                    float64
		Metrics                                      []expression
		Tags                                         []tag
		ActionsEnabled                               bool // there are no actions, enabled or not
	}
	return call(func(in request) (any, error) {
		d := metrics.Definition{
			Name: in.AlarmName, Description: in.AlarmDescription, Namespace: in.Namespace, MetricName: in.MetricName, Dimensions: dimensions(in.Dimensions),
			Statistic: in.Statistic, Period: in.Period, EvaluationPeriods: in.EvaluationPeriods, DatapointsToAlarm: in.DatapointsToAlarm,
			Threshold: in.Threshold, ComparisonOperator: in.ComparisonOperator, TreatMissingData: in.TreatMissingData,
		}
		if len(in.Metrics) > 1 {
			return nil, badRequest("ValidationError", "an alarm on several metrics is not understood here")
		}
		if len(in.Metrics) == 1 {
			d.QueryID, d.Expression, d.Period = in.Metrics[0].Id, in.Metrics[0].Expression, in.Metrics[0].Period
		}
		if in.Tags != nil {
			d.Tags = tags(in.Tags)
		}
		return map[string]any{}, metricsFault(o.Metrics.Set(d))
	})
}

func tags(list []tag) map[string]string {
	out := map[string]string{}
	for _, t := range list {
		out[t.Key] = t.Value
	}
	return out
}

// describeAlarms answers page by page; there are metric alarms alone.
func describeAlarms(o Options) operation {
	const defaultRecords = 50
	type request struct {
		AlarmNames, AlarmTypes                 []string
		AlarmNamePrefix, StateValue, NextToken string
		MaxRecords                             int
	}
	return call(func(in request) (any, error) {
		kinds := len(in.AlarmTypes) == 0 || slices.Contains(in.AlarmTypes, "MetricAlarm")
		all := o.Metrics.Alarms(func(a metrics.Status) bool {
			return kinds && (len(in.AlarmNames) == 0 || slices.Contains(in.AlarmNames, a.Name)) && strings.HasPrefix(a.Name, in.AlarmNamePrefix) && (in.StateValue == "" || string(a.State) == in.StateValue)
		})
		from, most := 0, defaultRecords
		if in.NextToken != "" {
			var err error
			if from, err = strconv.Atoi(in.NextToken); err != nil || from < 0 || from > len(all) {
				return nil, badRequest("InvalidNextToken", "the token is none of this service's")
			}
		}
		if in.MaxRecords > 0 {
			most = in.MaxRecords
		}
		to := min(len(all), from+most)
		list := []map[string]any{}
		for _, a := range all[from:to] {
			list = append(list, alarm(a))
		}
		out := map[string]any{"MetricAlarms": list}
		if to < len(all) {
			out["NextToken"] = strconv.Itoa(to)
		}
		return out, nil
	})
}

func alarm(a metrics.Status) map[string]any {
	out := map[string]any{
		"AlarmName": a.Name, "AlarmArn": a.ARN, "AlarmDescription": a.Description, "ActionsEnabled": true,
		"StateValue": string(a.State), "StateReason": a.Reason, "StateReasonData": a.ReasonData,
		"StateUpdatedTimestamp": a.Updated, "StateTransitionedTimestamp": a.Transitioned, "AlarmConfigurationUpdatedTimestamp": a.Configured,
		"EvaluationPeriods": a.EvaluationPeriods, "DatapointsToAlarm": a.DatapointsToAlarm, "Threshold": a.Threshold,
		"ComparisonOperator": a.ComparisonOperator, "TreatMissingData": a.TreatMissingData,
	}
	if a.Expression != "" {
		out["Metrics"] = []map[string]any{{"Id": a.QueryID, "Expression": a.Expression, "Period": a.Period, "ReturnData": true}}
		return out
	}
	out["Namespace"], out["MetricName"], out["Statistic"], out["Period"] = a.Namespace, a.MetricName, a.Statistic, a.Period
	list := []map[string]any{}
	for name, value := range a.Dimensions {
		list = append(list, map[string]any{"Name": name, "Value": value})
	}
	slices.SortFunc(list, func(a, b map[string]any) int { return strings.Compare(a["Name"].(string), b["Name"].(string)) })
	out["Dimensions"] = list
	return out
}

func describeContributors(o Options) operation {
	type request struct{ AlarmName, NextToken string }
	return call(func(in request) (any, error) {
		all, err := o.Metrics.Contributors(in.AlarmName)
		if err != nil {
			return nil, metricsFault(err)
		}
		list := []map[string]any{}
		for _, c := range all {
			list = append(list, map[string]any{"ContributorId": c.ID, "ContributorAttributes": c.Attributes, "StateReason": c.Reason, "StateTransitionedTimestamp": c.Transitioned})
		}
		return map[string]any{"AlarmContributors": list}, nil
	})
}

func setAlarmState(o Options) operation {
	type request struct{ AlarmName, StateValue, StateReason, StateReasonData string }
	return call(func(in request) (any, error) {
		state := metrics.State(in.StateValue)
		if !slices.Contains([]metrics.State{metrics.OK, metrics.Alarm, metrics.Insufficient}, state) {
			return nil, badRequest("ValidationError", "there is no state "+in.StateValue)
		}
		return map[string]any{}, metricsFault(o.Metrics.SetState(in.AlarmName, state, in.StateReason))
	})
}

func listTags(o Options) operation {
	type request struct{ ResourceARN string }
	return call(func(in request) (any, error) {
		all, err := o.Metrics.Tags(in.ResourceARN)
		if err != nil {
			return nil, metricsFault(err)
		}
		list := []map[string]any{}
		for key, value := range all {
			list = append(list, map[string]any{"Key": key, "Value": value})
		}
		slices.SortFunc(list, func(a, b map[string]any) int { return strings.Compare(a["Key"].(string), b["Key"].(string)) })
		return map[string]any{"Tags": list}, nil
	})
}

func tagResource(o Options) operation {
	type request struct {
		ResourceARN string
		Tags        []tag
	}
	return call(func(in request) (any, error) {
		return map[string]any{}, metricsFault(o.Metrics.Tag(in.ResourceARN, tags(in.Tags)))
	})
}
