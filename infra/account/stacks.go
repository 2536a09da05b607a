package account

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"
)

// Stack is a stack of CloudFormation.
type Stack struct {
	Name, ID       string
	Status, Reason string
	Outputs        map[string]string
	// Protected from deletion
	// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html).
	Protected bool
}

// Account is the account that the stack is in.
func (s Stack) Account() string { return ofARN(s.ID) }

// Stack finds a stack by its name, or a deleted one by its id; nil: there is none.
func (a Account) Stack(ctx context.Context, name string) (*Stack, error) {
	out, err := a.stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if noSuchStack(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look at the stack %s: %w", name, err)
	}
	if len(out.Stacks) == 0 {
		return nil, nil
	}
	found := out.Stacks[0]
	s := &Stack{Name: aws.ToString(found.StackName), ID: aws.ToString(found.StackId), Status: string(found.StackStatus), Reason: aws.ToString(found.StackStatusReason), Outputs: map[string]string{},
		Protected: aws.ToBool(found.EnableTerminationProtection)}
	for _, o := range found.Outputs {
		s.Outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	return s, nil
}

// noSuchStack knows the one way in which CloudFormation says that: a
// ValidationError whose text says so.
func noSuchStack(err error) bool {
	var answer smithy.APIError
	return errors.As(err, &answer) && answer.ErrorCode() == "ValidationError" && strings.Contains(answer.ErrorMessage(), "does not exist")
}

// Resource is a resource of a stack.
type Resource struct {
	Logical, ID, Type string
	Status, Reason    string
}

// Resources lists those of a stack, by its name; or by its id also for the months
// that CloudFormation remembers a stack after its end.
func (a Account) Resources(ctx context.Context, stack string) ([]Resource, error) {
	var all []Resource
	pages := cloudformation.NewListStackResourcesPaginator(a.stacks, &cloudformation.ListStackResourcesInput{StackName: &stack})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if noSuchStack(err) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("list what is in the stack %s: %w", stack, err)
		}
		for _, r := range page.StackResourceSummaries {
			all = append(all, Resource{
				Logical: aws.ToString(r.LogicalResourceId), ID: aws.ToString(r.PhysicalResourceId), Type: aws.ToString(r.ResourceType),
				Status: string(r.ResourceStatus), Reason: aws.ToString(r.ResourceStatusReason),
			})
		}
	}
	return all, nil
}

// OfType are those resources of a type that are there.
func OfType(all []Resource, kind string) []Resource {
	var some []Resource
	for _, r := range all {
		if r.Type == kind && r.ID != "" && r.Status != string(types.ResourceStatusDeleteComplete) {
			some = append(some, r)
		}
	}
	return some
}
