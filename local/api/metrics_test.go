package api_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/local/api"
	"github.com/sluice-flink/sluice/local/metrics"
)

// hand is a clock that a test moves.
type hand struct{ now time.Time }

func (h *hand) Now() time.Time { return h.now }

func (h *hand) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func serveMetrics(t *testing.T) (*cloudwatch.Client, *metrics.Service, *hand) {
	t.Helper()
	clock := &hand{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	service, err := metrics.Open(metrics.Options{File: filepath.Join(t.TempDir(), "alarms.json"), Account: "1", Region: "eu-west-3", Partition: "aws", Clock: clock, Send: func(events.Event) {}, Log: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	server, err := api.Serve(api.Options{AccessKey: "AKLOCAL", Metrics: service, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return cloudwatch.New(cloudwatch.Options{Region: "eu-west-3", BaseEndpoint: aws.String(server.Endpoint()), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKLOCAL", "secret", "")}), service, clock
}

func TestTheSDKPutsDataAndAlarmsAndReadsWhatTheySay(t *testing.T) {
	client, service, clock := serveMetrics(t)
	of := []types.Dimension{{Name: aws.String("Namespace"), Value: aws.String("orders")}, {Name: aws.String("Application"), Value: aws.String("fraud")}}
	if _, err := client.PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String("restarts"), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold, EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(2),
		TreatMissingData: aws.String("notBreaching"), Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("orders")}},
		Metrics: []types.MetricDataQuery{{Id: aws.String("q"), Period: aws.Int32(60), ReturnData: aws.Bool(true),
			Expression: aws.String(`SELECT MAX(FailureRestarts) FROM SCHEMA("Sluice", Namespace, Application) GROUP BY Namespace, Application ORDER BY MAX() DESC`)}},
	}); err != nil {
		t.Fatal(err)
	}
	data := make([]types.MetricDatum, 500) // so many that the SDK compresses them
	for i := range data {
		data[i] = types.MetricDatum{MetricName: aws.String("FailureRestarts"), Dimensions: of, Value: aws.Float64(3), Timestamp: aws.Time(clock.now), Unit: types.StandardUnitCount}
	}
	if _, err := client.PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{Namespace: aws.String("Sluice"), MetricData: data}); err != nil {
		t.Fatal(err)
	}
	clock.now = clock.now.Add(time.Minute)
	service.Look()
	described, err := client.DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"restarts", "gone"}, AlarmTypes: types.AlarmType("").Values()})
	if err != nil || len(described.MetricAlarms) != 1 || described.MetricAlarms[0].StateValue != types.StateValueAlarm || !described.MetricAlarms[0].StateTransitionedTimestamp.Equal(clock.now) || len(described.MetricAlarms[0].Metrics) != 1 {
		t.Fatalf("got %+v, %v", described, err)
	}
	in, err := client.DescribeAlarmContributors(t.Context(), &cloudwatch.DescribeAlarmContributorsInput{AlarmName: aws.String("restarts")})
	if err != nil || len(in.AlarmContributors) != 1 || in.AlarmContributors[0].ContributorAttributes["Application"] != "fraud" {
		t.Errorf("got %+v, %v", in, err)
	}
	arn := described.MetricAlarms[0].AlarmArn
	if _, err := client.TagResource(t.Context(), &cloudwatch.TagResourceInput{ResourceARN: arn, Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}}); err != nil {
		t.Fatal(err)
	}
	tags, err := client.ListTagsForResource(t.Context(), &cloudwatch.ListTagsForResourceInput{ResourceARN: arn})
	if err != nil || len(tags.Tags) != 2 {
		t.Errorf("got %+v, %v", tags, err)
	}
	if _, err := client.SetAlarmState(t.Context(), &cloudwatch.SetAlarmStateInput{AlarmName: aws.String("restarts"), StateValue: types.StateValueOk, StateReason: aws.String("by hand")}); err != nil {
		t.Fatal(err)
	}
}

func TestWhatCloudWatchHereDoesNotUnderstandIsRefusedByItsCode(t *testing.T) {
	client, _, _ := serveMetrics(t)
	metric := cloudwatch.PutMetricAlarmInput{AlarmName: aws.String("x"), Namespace: aws.String("Sluice"), MetricName: aws.String("m"), Statistic: types.StatisticMaximum,
		Period: aws.Int32(60), EvaluationPeriods: aws.Int32(1), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold, Threshold: aws.Float64(1)}
	percentile, acting := metric, metric
	percentile.Statistic, percentile.ExtendedStatistic = "", aws.String("p99")
	acting.AlarmActions = []string{topic}
	_, e1 := client.PutMetricAlarm(t.Context(), &percentile)
	_, e2 := client.PutMetricAlarm(t.Context(), &acting)
	_, e3 := client.ListMetrics(t.Context(), &cloudwatch.ListMetricsInput{})
	_, e4 := client.DescribeAlarmContributors(t.Context(), &cloudwatch.DescribeAlarmContributorsInput{AlarmName: aws.String("gone")})
	_, e5 := client.PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{Namespace: aws.String("AWS/EC2"), MetricData: []types.MetricDatum{{MetricName: aws.String("m"), Value: aws.Float64(1)}}})
	for i, want := range []struct {
		err  error
		code string
	}{{e1, "ValidationException"}, {e2, "ValidationException"}, {e3, "UnknownOperationException"}, {e4, "ResourceNotFoundException"}, {e5, "ValidationError"}} {
		var answered smithy.APIError
		if !errors.As(want.err, &answered) || answered.ErrorCode() != want.code {
			t.Errorf("%d: got %v, want %s", i, want.err, want.code)
		}
	}
}
