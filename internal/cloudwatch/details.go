package cloudwatch

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Series implements task.AlarmDetails. CloudWatch tells of the series of a
// multi-series alarm that are in ALARM, and of no others
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmContributors.html).
func (r Reader) Series(ctx context.Context, alarm string) (map[string]flink.AlarmFacts, error) {
	raised := map[string]flink.AlarmFacts{}
	in := &cloudwatch.DescribeAlarmContributorsInput{AlarmName: &alarm}
	for {
		page, err := r.client.DescribeAlarmContributors(ctx, in)
		if err != nil {
			return nil, described(err, "cloudwatch:DescribeAlarmContributors")
		}
		for _, c := range page.AlarmContributors {
			raised[aws.ToString(c.ContributorId)] = facts(&alarm, types.StateValueAlarm, c.StateReason, c.StateTransitionedTimestamp, nil)
		}
		if in.NextToken = page.NextToken; aws.ToString(in.NextToken) == "" {
			return raised, nil
		}
	}
}

// Tags implements task.AlarmDetails.
func (r Reader) Tags(ctx context.Context, arn string) (map[string]string, error) {
	out, err := r.client.ListTagsForResource(ctx, &cloudwatch.ListTagsForResourceInput{ResourceARN: &arn})
	if err != nil {
		return nil, described(err, "cloudwatch:ListTagsForResource")
	}
	tags := map[string]string{}
	for _, t := range out.Tags {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return tags, nil
}
