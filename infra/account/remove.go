package account

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfntypes "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedulertypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
)

// SwitchOffRule switches a rule off; one that is off or gone stays so.
func (a Account) SwitchOffRule(ctx context.Context, id string) error {
	name, bus := ruleAndBus(id)
	_, err := a.rules.DisableRule(ctx, &eventbridge.DisableRuleInput{Name: &name, EventBusName: bus})
	if err != nil && !isCode(err, "ResourceNotFoundException") {
		return fmt.Errorf("switch off the rule %s: %w", id, err)
	}
	return nil
}

// SwitchOffSchedule switches a schedule off. AWS takes a schedule as a whole, so the
// rest is written as it was read.
func (a Account) SwitchOffSchedule(ctx context.Context, name string) error {
	was, err := a.schedules.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: &name})
	if isCode(err, "ResourceNotFoundException") {
		return nil
	}
	if err == nil {
		_, err = a.schedules.UpdateSchedule(ctx, &scheduler.UpdateScheduleInput{
			Name: &name, GroupName: was.GroupName, State: schedulertypes.ScheduleStateDisabled,
			ScheduleExpression: was.ScheduleExpression, ScheduleExpressionTimezone: was.ScheduleExpressionTimezone, FlexibleTimeWindow: was.FlexibleTimeWindow, Target: was.Target,
			Description: was.Description, KmsKeyArn: was.KmsKeyArn, StartDate: was.StartDate, EndDate: was.EndDate, ActionAfterCompletion: was.ActionAfterCompletion,
		})
	}
	if err != nil && !isCode(err, "ResourceNotFoundException") {
		return fmt.Errorf("switch off the schedule %s: %w", name, err)
	}
	return nil
}

// UnprotectStack lets a stack be deleted.
func (a Account) UnprotectStack(ctx context.Context, name string) error {
	_, err := a.stacks.UpdateTerminationProtection(ctx, &cloudformation.UpdateTerminationProtectionInput{StackName: &name, EnableTerminationProtection: aws.Bool(false)})
	if err != nil {
		return fmt.Errorf("let the stack %s be deleted: %w", name, err)
	}
	return nil
}

// DeleteStack asks for the deletion of a stack. It returns before the stack is gone.
func (a Account) DeleteStack(ctx context.Context, name string) error {
	if _, err := a.stacks.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: &name}); err != nil {
		return fmt.Errorf("delete the stack %s: %w", name, err)
	}
	return nil
}

// Doomed are the buckets of a stack that its deletion deletes: those that its
// template does not retain. AWS deletes none that holds something.
func (a Account) Doomed(ctx context.Context, stack string) ([]string, error) {
	resources, err := a.Resources(ctx, stack)
	if err != nil || len(OfType(resources, BucketType)) == 0 {
		return nil, err
	}
	policies, err := a.policies(ctx, stack)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, r := range OfType(resources, BucketType) {
		if policy := policies[r.Logical]; policy == "" || policy == "Delete" {
			names = append(names, r.ID)
		}
	}
	return names, nil
}

// Failures are the resources that kept a stack from its deletion, with AWS's reasons,
// the newest first.
func (a Account) Failures(ctx context.Context, stack string) ([]Resource, error) {
	out, err := a.stacks.DescribeStackEvents(ctx, &cloudformation.DescribeStackEventsInput{StackName: &stack})
	if err != nil {
		return nil, fmt.Errorf("read the events of the stack %s: %w", stack, err)
	}
	var all []Resource
	seen := map[string]bool{}
	for _, e := range out.StackEvents {
		logical := aws.ToString(e.LogicalResourceId)
		if e.ResourceStatus != cfntypes.ResourceStatusDeleteFailed || seen[logical] || aws.ToString(e.ResourceType) == "AWS::CloudFormation::Stack" {
			continue
		}
		seen[logical] = true
		all = append(all, Resource{Logical: logical, ID: aws.ToString(e.PhysicalResourceId), Type: aws.ToString(e.ResourceType), Status: string(e.ResourceStatus), Reason: aws.ToString(e.ResourceStatusReason)})
	}
	return all, nil
}

// Empty removes all versions of all objects of a bucket, and uploads that nobody
// finished. A bucket that is gone is empty.
func (a Account) Empty(ctx context.Context, bucket string) error {
	versions := s3.NewListObjectVersionsPaginator(a.Objects, &s3.ListObjectVersionsInput{Bucket: &bucket})
	for versions.HasMorePages() {
		page, err := versions.NextPage(ctx)
		if isCode(err, "NoSuchBucket") {
			return nil
		}
		if err != nil {
			return fmt.Errorf("list the versions in the bucket %s: %w", bucket, err)
		}
		var doomed []s3types.ObjectIdentifier
		for _, v := range page.Versions {
			doomed = append(doomed, s3types.ObjectIdentifier{Key: v.Key, VersionId: v.VersionId})
		}
		for _, m := range page.DeleteMarkers {
			doomed = append(doomed, s3types.ObjectIdentifier{Key: m.Key, VersionId: m.VersionId})
		}
		if err := a.deleteVersions(ctx, bucket, doomed); err != nil {
			return err
		}
	}
	uploads := s3.NewListMultipartUploadsPaginator(a.Objects, &s3.ListMultipartUploadsInput{Bucket: &bucket})
	for uploads.HasMorePages() {
		page, err := uploads.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list the unfinished uploads to the bucket %s: %w", bucket, err)
		}
		for _, u := range page.Uploads {
			_, err := a.Objects.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &bucket, Key: u.Key, UploadId: u.UploadId})
			if err != nil && !isCode(err, "NoSuchUpload") {
				return fmt.Errorf("end an unfinished upload to the bucket %s: %w", bucket, err)
			}
		}
	}
	return nil
}

// deleteVersions deletes a page of them: at most a thousand, as a page has.
func (a Account) deleteVersions(ctx context.Context, bucket string, doomed []s3types.ObjectIdentifier) error {
	if len(doomed) == 0 {
		return nil
	}
	out, err := a.Objects.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &bucket, Delete: &s3types.Delete{Objects: doomed, Quiet: aws.Bool(true)}})
	if err != nil {
		return fmt.Errorf("empty the bucket %s: %w", bucket, err)
	}
	if len(out.Errors) > 0 { // 200 with errors inside is a failure
		return fmt.Errorf("empty the bucket %s: %s: %s", bucket, aws.ToString(out.Errors[0].Key), aws.ToString(out.Errors[0].Message))
	}
	return nil
}
