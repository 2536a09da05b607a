package metrics

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Definition is an alarm as it was asked for. Names are the service's.
type Definition struct {
	Name               string            `json:"name"`
	ARN                string            `json:"arn"`
	Description        string            `json:"description,omitempty"`
	Namespace          string            `json:"namespace,omitempty"`
	MetricName         string            `json:"metricName,omitempty"`
	Dimensions         map[string]string `json:"dimensions,omitempty"`
	Statistic          string            `json:"statistic,omitempty"`
	QueryID            string            `json:"queryId,omitempty"`
	Expression         string            `json:"expression,omitempty"` // a Metrics Insights query; then there is no metric above
	Period             int               `json:"period"`               // seconds
	EvaluationPeriods  int               `json:"evaluationPeriods"`
	DatapointsToAlarm  int               `json:"datapointsToAlarm"`
	Threshold          float64           `json:"threshold"`
	ComparisonOperator string            `json:"comparisonOperator"`
	TreatMissingData   string            `json:"treatMissingData"`
	Tags               map[string]string `json:"tags,omitempty"`
}

// Statistics and what missing data may be treated as.
const (
	average, maximum, minimum, sum, sampleCount = "Average", "Maximum", "Minimum", "Sum", "SampleCount"

	missing, ignore, breaching, notBreaching = "missing", "ignore", "breaching", "notBreaching"
)

// comparisons by the service's names, and how its reasons word them.
var comparisons = map[string]struct {
	breaches func(value, threshold float64) bool
	is, not  string
}{
	"GreaterThanThreshold":          {func(v, t float64) bool { return v > t }, "greater than", "not greater than"},
	"GreaterThanOrEqualToThreshold": {func(v, t float64) bool { return v >= t }, "greater than or equal to", "not greater than or equal to"},
	"LessThanThreshold":             {func(v, t float64) bool { return v < t }, "less than", "not less than"},
	"LessThanOrEqualToThreshold":    {func(v, t float64) bool { return v <= t }, "less than or equal to", "not less than or equal to"},
}

// maxRange is how far back an alarm looks at most, in seconds: a day, and three hours with a query.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
const (
	maxRange      = 86400
	maxQueryRange = 3 * 3600
)

// normal fills in what may be left out and refuses what is not understood, all
// faults at once.
func (d Definition) normal() (Definition, error) {
	if d.DatapointsToAlarm == 0 {
		d.DatapointsToAlarm = d.EvaluationPeriods
	}
	if d.TreatMissingData == "" {
		d.TreatMissingData = missing
	}
	var faults []error
	refuse := func(wrong bool, format string, arguments ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf(format, arguments...))
		}
	}
	refuse(d.Name == "", "an alarm needs a name")
	refuse(d.Period < 60 || d.Period%60 != 0, "the period is whole minutes, not %d seconds", d.Period)
	refuse(d.EvaluationPeriods < 1 || d.DatapointsToAlarm < 1 || d.DatapointsToAlarm > d.EvaluationPeriods, "%d of %d data points cannot be evaluated", d.DatapointsToAlarm, d.EvaluationPeriods)
	_, known := comparisons[d.ComparisonOperator]
	refuse(!known, "the comparison %q is not understood here: use one of %v", d.ComparisonOperator, slices.Sorted(maps.Keys(comparisons)))
	refuse(!slices.Contains([]string{missing, ignore, breaching, notBreaching}, d.TreatMissingData), "missing data cannot be treated as %q", d.TreatMissingData)
	longest := maxRange
	if d.Expression != "" {
		longest = maxQueryRange
	}
	refuse(d.Period*d.EvaluationPeriods > longest, "an alarm looks back %d seconds at most", longest)
	faults = append(faults, d.checkSource())
	return d, errors.Join(faults...)
}

func (d Definition) checkSource() error {
	if d.Expression != "" {
		if d.MetricName != "" || d.Statistic != "" {
			return errors.New("an alarm is on a metric or on a query, not on both")
		}
		_, err := parseQuery(d.Expression)
		return err
	}
	switch {
	case d.Namespace == "" || d.MetricName == "":
		return errors.New("an alarm needs a namespace and the name of a metric, or a query")
	case !slices.Contains([]string{average, maximum, minimum, sum, sampleCount}, d.Statistic):
		return fmt.Errorf("the statistic %q is not understood here", d.Statistic)
	}
	return nil
}
