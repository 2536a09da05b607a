package cloudwatch

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/sluice-flink/sluice/internal/flink"
)

// MetricsClient is the part of CloudWatch's API that takes metrics.
type MetricsClient interface {
	PutMetricData(context.Context, *cloudwatch.PutMetricDataInput, ...func(*cloudwatch.Options)) (*cloudwatch.PutMetricDataOutput, error)
}

// Publisher sends data points.
type Publisher struct {
	client    MetricsClient
	namespace string
}

// Dimensions of an application's metrics. The template's alarms group by them.
const (
	DimensionNamespace   = "Namespace"
	DimensionApplication = "Application"
)

// NewPublisher makes a publisher into a namespace of the account and region of
// cfg. endpoint is CloudWatch's address where it is not Amazon's own; empty otherwise.
func NewPublisher(cfg aws.Config, endpoint, namespace string) Publisher {
	return Publisher{namespace: namespace, client: cloudwatch.NewFromConfig(cfg, func(o *cloudwatch.Options) {
		if endpoint != "" {
			o.BaseEndpoint = &endpoint
		}
	})}
}

// perPut is how many metrics one request carries: half of what it may
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html),
// so that its megabyte is never full.
const perPut = 500

// Put implements task.Metrics. What was sent when it fails stays sent: the same
// point twice changes no maximum.
func (p Publisher) Put(ctx context.Context, at time.Time, points []flink.DataPoint) error {
	for len(points) > 0 {
		n := min(perPut, len(points))
		var data []types.MetricDatum
		for _, one := range points[:n] {
			data = append(data, datum(at, one))
		}
		if _, err := p.client.PutMetricData(ctx, &cloudwatch.PutMetricDataInput{Namespace: &p.namespace, MetricData: data}); err != nil {
			return coded("send CloudWatch metrics", "cloudwatch:PutMetricData", err)
		}
		points = points[n:]
	}
	return nil
}

func datum(at time.Time, p flink.DataPoint) types.MetricDatum {
	d := types.MetricDatum{MetricName: aws.String(string(p.Metric)), Timestamp: &at, Value: aws.Float64(p.Value), Unit: types.StandardUnitCount}
	if p.Metric.Seconds() {
		d.Unit = types.StandardUnitSeconds
	}
	if p.Application != (flink.Application{}) {
		d.Dimensions = []types.Dimension{
			{Name: aws.String(DimensionNamespace), Value: aws.String(p.Application.Namespace)},
			{Name: aws.String(DimensionApplication), Value: aws.String(p.Application.Name)},
		}
	}
	return d
}
