package account

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

// Account is an AWS account in one region.
type Account struct {
	Config aws.Config

	stacks    *cloudformation.Client
	clusters  *eks.Client
	rules     *eventbridge.Client
	schedules *scheduler.Client
	machines  *sfn.Client
	queues    *sqs.Client
	Objects   *s3.Client
}

// Open takes the credentials that the SDK finds, for the region of the platform.
// It fails with a sentence where there are none.
func Open(ctx context.Context, region string) (Account, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(region))
	if err != nil {
		return Account{}, fmt.Errorf("read the AWS configuration: %w", err)
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return Account{}, fmt.Errorf("there are no AWS credentials: log in (aws sso login), or set AWS_PROFILE: %w", err)
	}
	return New(cfg), nil
}

// New makes the clients. Nothing is asked yet.
func New(cfg aws.Config) Account {
	return Account{
		Config: cfg,
		stacks: cloudformation.NewFromConfig(cfg), clusters: eks.NewFromConfig(cfg), rules: eventbridge.NewFromConfig(cfg),
		schedules: scheduler.NewFromConfig(cfg), machines: sfn.NewFromConfig(cfg), queues: sqs.NewFromConfig(cfg), Objects: s3.NewFromConfig(cfg),
	}
}

// toolkit is the stack that `cdk bootstrap` makes
// (https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html).
const toolkit = "CDKToolkit"

// Environment names account and region as the CDK does, aws://<account>/<region>,
// and tells whether the CDK's own stack is there.
func (a Account) Environment(ctx context.Context) (name string, bootstrapped bool, err error) {
	who, err := sts.NewFromConfig(a.Config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", false, fmt.Errorf("AWS does not take the credentials: log in again (aws sso login), or set AWS_PROFILE: %w", err)
	}
	stack, err := a.Stack(ctx, toolkit)
	return fmt.Sprintf("aws://%s/%s", aws.ToString(who.Account), a.Config.Region), stack != nil, err
}

// isCode tells whether AWS answered with one of these error codes.
func isCode(err error, codes ...string) bool {
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return false
	}
	for _, code := range codes {
		if answer.ErrorCode() == code {
			return true
		}
	}
	return false
}

// ofARN is the part of an ARN that says the account: arn:aws:service:region:account:…
func ofARN(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 5 {
		return parts[4]
	}
	return ""
}
