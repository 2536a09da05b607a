package boot

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/artifacts"
	"github.com/sluice-flink/sluice/internal/cloudwatch"
	"github.com/sluice-flink/sluice/internal/eks"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/prometheus"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/task"
)

// pollEvery is how often a long poll looks: a look costs a handful of small
// requests, and what it may see changes in seconds. At first it looks more often:
// what is seen late there, a stop above all, is downtime.
const (
	pollEvery  = 2 * time.Second
	pollAtOnce = 100 * time.Millisecond
)

// wire makes what the function's grants ask for, and nothing else.
func wire(ctx context.Context, f functions.Function, e Environment) (task.Deps, error) {
	cfg, err := awsConfig(ctx, e)
	if err != nil {
		return task.Deps{}, err
	}
	objects := s3.NewFromConfig(cfg, func(o *s3.Options) {
		if e.S3Endpoint != "" {
			o.BaseEndpoint, o.UsePathStyle = aws.String(e.S3Endpoint), true
		}
	})
	kept := ledger.S3{Client: objects, Bucket: e.Ledger}
	d := task.Deps{
		Ledger:    ledger.New(kept),
		Objects:   kept,
		Snapshots: savepoint.Store{Objects: savepoint.S3{Client: objects}, Lists: kept},
		Artifacts: artifacts.S3{Client: objects},
		Clock:     wallClock{},
		Config: task.Config{ArtifactBucket: e.Artifacts, PinBucket: e.Ledger, Placeholders: e.Placeholders,
			LongPoll: functions.LongPoll, Poll: pollEvery, FirstPoll: pollAtOnce,
			LastWord: functions.LastWord, ReleaseMachine: e.Machine, Metrics: e.Metrics, Cluster: e.Cluster},
	}
	if f.ReachesCluster() {
		if d.Target, err = eks.Connect(eks.Config{Kubeconfig: e.Kubeconfig, Cluster: e.Cluster, Endpoint: e.ClusterEndpoint, CA: e.CA, Operator: eks.Operator(e.Operator), AWS: cfg}); err != nil {
			return d, err
		}
	}
	if d.Signals, err = wireSignals(cfg, f, e); err != nil {
		return d, err
	}
	if slices.Contains(f.Grants, functions.AskOfAlarms) && hasAlarms(e) {
		d.AlarmDetails = cloudwatch.New(cfg, e.AlarmsEndpoint)
	}
	if slices.Contains(f.Grants, functions.DescribeExecutions) {
		d.Executions = NewExecutions(cfg, e)
	}
	if slices.Contains(f.Grants, functions.PutMetrics) {
		d.Metrics = cloudwatch.NewPublisher(cfg, e.AlarmsEndpoint, e.Metrics)
		d.Ledger = ledger.Remember(d.Ledger)
	}
	if slices.Contains(f.Grants, functions.SendEvents) {
		d.Sender = newSender(cfg, e)
	}
	return d, nil
}

func hasAlarms(e Environment) bool { return e.S3Endpoint == "" || e.AlarmsEndpoint != "" }

// wireSignals leaves out what there is not: policies that need it are refused.
// On one machine there is no CloudWatch unless somebody names its address:
// Amazon's must not be asked with a laptop's credentials.
func wireSignals(cfg aws.Config, f functions.Function, e Environment) (s task.Signals, err error) {
	if slices.Contains(f.Grants, functions.ReadAlarms) && hasAlarms(e) {
		s.Alarms = cloudwatch.New(cfg, e.AlarmsEndpoint)
	}
	if slices.Contains(f.Grants, functions.QueryMetrics) && e.Prometheus != "" {
		if s.Queries, err = prometheus.New(e.Prometheus, cfg); err != nil {
			return s, flink.Errorf(flink.Invalid, "read "+functions.EnvPrometheus, "%w", err)
		}
	}
	return s, nil
}

func awsConfig(ctx context.Context, e Environment) (aws.Config, error) {
	options := []func(*config.LoadOptions) error{config.WithRegion(e.Region)}
	if e.AccessKey != "" {
		options = append(options, config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(e.AccessKey, e.SecretKey, e.SessionToken)))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = Impatient()
	}
	cfg.HTTPClient = answers{cfg.HTTPClient}
	return cfg, err
}

// answerWithin is how long a service may take until it begins to answer; none
// that is called here takes a tenth of it.
const answerWithin = time.Minute

// Impatient is the SDK's own client, but for a service that never answers: by
// default it is waited for without end
// (https://docs.aws.amazon.com/sdk-for-go/v2/developer-guide/configure-http.html).
func Impatient() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.ResponseHeaderTimeout = answerWithin })
}

// wallClock is real time.
type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now().UTC() }

func (wallClock) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
