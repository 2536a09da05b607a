package cloudwatch

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Client is the part of CloudWatch's API that is used.
type Client interface {
	DescribeAlarms(context.Context, *cloudwatch.DescribeAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error)
	DescribeAlarmContributors(context.Context, *cloudwatch.DescribeAlarmContributorsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmContributorsOutput, error)
	ListTagsForResource(context.Context, *cloudwatch.ListTagsForResourceInput, ...func(*cloudwatch.Options)) (*cloudwatch.ListTagsForResourceOutput, error)
}

// Reader reads alarms.
type Reader struct{ client Client }

// New makes a reader of the account and region of cfg. endpoint is CloudWatch's
// address where it is not Amazon's own; empty otherwise.
func New(cfg aws.Config, endpoint string) Reader {
	return Reader{cloudwatch.NewFromConfig(cfg, func(o *cloudwatch.Options) {
		if endpoint != "" {
			o.BaseEndpoint = &endpoint
		}
	})}
}

// perRequest is how many alarms one request may name
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html).
const perRequest = 100

// Alarms implements task.Alarms.
func (r Reader) Alarms(ctx context.Context, names []string) ([]flink.AlarmFacts, error) {
	var all []flink.AlarmFacts
	for len(names) > 0 {
		n := min(perRequest, len(names))
		facts, err := r.some(ctx, names[:n])
		if err != nil {
			return nil, err
		}
		all, names = append(all, facts...), names[n:]
	}
	return all, nil
}

// some reads as many alarms as one request may name, all pages of them.
func (r Reader) some(ctx context.Context, names []string) ([]flink.AlarmFacts, error) {
	pages := cloudwatch.NewDescribeAlarmsPaginator(r.client, &cloudwatch.DescribeAlarmsInput{
		AlarmNames: names, AlarmTypes: types.AlarmType("").Values(), // without them, metric alarms alone
	})
	var all []flink.AlarmFacts
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, described(err, "cloudwatch:DescribeAlarms")
		}
		for _, a := range page.MetricAlarms {
			all = append(all, facts(a.AlarmName, a.StateValue, a.StateReason, a.StateTransitionedTimestamp, a.StateUpdatedTimestamp))
		}
		for _, a := range page.CompositeAlarms {
			all = append(all, facts(a.AlarmName, a.StateValue, a.StateReason, a.StateTransitionedTimestamp, a.StateUpdatedTimestamp))
		}
		for _, a := range page.LogAlarms {
			all = append(all, facts(a.AlarmName, a.StateValue, a.StateReason, a.StateTransitionedTimestamp, a.StateUpdatedTimestamp))
		}
	}
	return all, nil
}

// facts takes the time of the last transition: the other one is also that of
// mere updates, which would make an old alarm look new.
func facts(name *string, state types.StateValue, reason *string, transitioned, updated *time.Time) flink.AlarmFacts {
	since := aws.ToTime(transitioned)
	if since.IsZero() {
		since = aws.ToTime(updated)
	}
	return flink.AlarmFacts{Name: aws.ToString(name), State: flink.AlarmState(state), Since: since.UTC(), Reason: line(aws.ToString(reason))}
}

// line is a text's first line, bounded to what a message can carry.
func line(s string) string {
	const limit = 300
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	if runes := []rune(s); len(runes) > limit {
		s = string(runes[:limit-1]) + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
