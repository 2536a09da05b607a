package account

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfntypes "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	taggingtypes "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Kept are the resources that the stacks of these names retain: of one that is
// there, what its template says; of one that was deleted, what was left. CloudFormation
// remembers a deleted stack for 90 days
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html).
func (a Account) Kept(ctx context.Context, names []string) ([]Resource, error) {
	var all []Resource
	for _, name := range names {
		there, err := a.willStay(ctx, name)
		if err != nil {
			return nil, err
		}
		all = append(all, there...)
	}
	deleted := cloudformation.NewListStacksPaginator(a.stacks, &cloudformation.ListStacksInput{StackStatusFilter: []cfntypes.StackStatus{cfntypes.StackStatusDeleteComplete}})
	for deleted.HasMorePages() {
		page, err := deleted.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the deleted stacks: %w", err)
		}
		for _, s := range page.StackSummaries {
			if !slices.Contains(names, aws.ToString(s.StackName)) {
				continue
			}
			resources, err := a.Resources(ctx, aws.ToString(s.StackId))
			if err != nil {
				return nil, err
			}
			for _, r := range resources {
				if r.Status == string(cfntypes.ResourceStatusDeleteSkipped) {
					all = append(all, r)
				}
			}
		}
	}
	return all, nil
}

// willStay are the resources of a stack that is there that its template retains.
func (a Account) willStay(ctx context.Context, name string) ([]Resource, error) {
	resources, err := a.Resources(ctx, name)
	if err != nil || len(resources) == 0 {
		return nil, err
	}
	policies, err := a.policies(ctx, name)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(resources, func(r Resource) bool { return policies[r.Logical] != "Retain" || r.ID == "" }), nil
}

// policies are what becomes of a stack's resources, by their logical ids; empty
// where the template says nothing.
func (a Account) policies(ctx context.Context, stack string) (map[string]string, error) {
	out, err := a.stacks.GetTemplate(ctx, &cloudformation.GetTemplateInput{StackName: &stack})
	if err != nil {
		return nil, fmt.Errorf("read the template of the stack %s: %w", stack, err)
	}
	var template struct {
		Resources map[string]struct{ DeletionPolicy string }
	}
	if err := json.Unmarshal([]byte(aws.ToString(out.TemplateBody)), &template); err != nil {
		return nil, fmt.Errorf("read the template of the stack %s: %w", stack, err)
	}
	all := map[string]string{}
	for logical, r := range template.Resources {
		all[logical] = r.DeletionPolicy
	}
	return all, nil
}

// mostListed bounds how many versions of a bucket are counted: at a thousand a
// request, some seconds.
const mostListed = 20_000

// Size is how many versions a bucket holds, and their bytes; more: it holds more
// than were counted. A bucket that is gone has none, and there is false.
func (a Account) Size(ctx context.Context, bucket string) (count int, bytes int64, more, there bool, err error) {
	pages := s3.NewListObjectVersionsPaginator(a.Objects, &s3.ListObjectVersionsInput{Bucket: &bucket})
	for pages.HasMorePages() {
		if count >= mostListed {
			return count, bytes, true, true, nil
		}
		page, err := pages.NextPage(ctx)
		if isCode(err, "NoSuchBucket") {
			return 0, 0, false, false, nil
		}
		if err != nil {
			return 0, 0, false, true, fmt.Errorf("look into the bucket %s: %w", bucket, err)
		}
		count += len(page.Versions)
		for _, v := range page.Versions {
			bytes += aws.ToInt64(v.Size)
		}
	}
	return count, bytes, false, true, nil
}

// LogGroups are those below a prefix, with their stored bytes.
func (a Account) LogGroups(ctx context.Context, prefix string) (map[string]int64, error) {
	all := map[string]int64{}
	pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(cloudwatchlogs.NewFromConfig(a.Config), &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the log groups %s*: %w", prefix, err)
		}
		for _, g := range page.LogGroups {
			all[aws.ToString(g.LogGroupName)] = aws.ToInt64(g.StoredBytes)
		}
	}
	return all, nil
}

// Machine is something of EC2 that is billed.
type Machine struct {
	Kind  string // instance, volume, snapshot, address
	ID    string
	State string
	GiB   int
}

// Machines are instances, volumes and snapshots that have a tag, whatever its value
// or one of the values.
func (a Account) Machines(ctx context.Context, tag string, values ...string) ([]Machine, error) {
	client := ec2.NewFromConfig(a.Config)
	filter := []ec2types.Filter{{Name: aws.String("tag-key"), Values: []string{tag}}}
	if len(values) > 0 {
		filter = []ec2types.Filter{{Name: aws.String("tag:" + tag), Values: values}}
	}
	var all []Machine
	running := append(slices.Clone(filter), ec2types.Filter{Name: aws.String("instance-state-name"), Values: []string{"pending", "running", "stopping", "stopped"}})
	for pages := ec2.NewDescribeInstancesPaginator(client, &ec2.DescribeInstancesInput{Filters: running}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list instances: %w", err)
		}
		for _, r := range page.Reservations {
			for _, i := range r.Instances {
				all = append(all, Machine{"instance", aws.ToString(i.InstanceId), string(i.State.Name), 0})
			}
		}
	}
	for pages := ec2.NewDescribeVolumesPaginator(client, &ec2.DescribeVolumesInput{Filters: filter}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list volumes: %w", err)
		}
		for _, v := range page.Volumes {
			all = append(all, Machine{"volume", aws.ToString(v.VolumeId), string(v.State), int(aws.ToInt32(v.Size))})
		}
	}
	for pages := ec2.NewDescribeSnapshotsPaginator(client, &ec2.DescribeSnapshotsInput{Filters: filter, OwnerIds: []string{"self"}}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list snapshots: %w", err)
		}
		for _, s := range page.Snapshots {
			all = append(all, Machine{"snapshot", aws.ToString(s.SnapshotId), string(s.State), int(aws.ToInt32(s.VolumeSize))})
		}
	}
	return all, nil
}

// Addresses are the elastic IP addresses that have a tag with one of the values.
func (a Account) Addresses(ctx context.Context, tag string, values ...string) ([]Machine, error) {
	out, err := ec2.NewFromConfig(a.Config).DescribeAddresses(ctx, &ec2.DescribeAddressesInput{Filters: []ec2types.Filter{{Name: aws.String("tag:" + tag), Values: values}}})
	if err != nil {
		return nil, fmt.Errorf("list addresses: %w", err)
	}
	var all []Machine
	for _, one := range out.Addresses {
		all = append(all, Machine{"address", aws.ToString(one.AllocationId), aws.ToString(one.PublicIp), 0})
	}
	return all, nil
}

// Interfaces are the network interfaces with a tag that nothing uses.
func (a Account) Interfaces(ctx context.Context, tag string, values ...string) ([]Machine, error) {
	var all []Machine
	filter := []ec2types.Filter{{Name: aws.String("tag:" + tag), Values: values}, {Name: aws.String("status"), Values: []string{"available"}}}
	for pages := ec2.NewDescribeNetworkInterfacesPaginator(ec2.NewFromConfig(a.Config), &ec2.DescribeNetworkInterfacesInput{Filters: filter}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list network interfaces: %w", err)
		}
		for _, i := range page.NetworkInterfaces {
			all = append(all, Machine{"interface", aws.ToString(i.NetworkInterfaceId), string(i.Status), 0})
		}
	}
	return all, nil
}

// LoadBalancers are the ARNs of those that have a tag, with that value unless it is empty.
func (a Account) LoadBalancers(ctx context.Context, tag, value string) ([]string, error) {
	filter := taggingtypes.TagFilter{Key: &tag}
	if value != "" {
		filter.Values = []string{value}
	}
	var all []string
	pages := tagging.NewGetResourcesPaginator(tagging.NewFromConfig(a.Config), &tagging.GetResourcesInput{ResourceTypeFilters: []string{"elasticloadbalancing:loadbalancer"}, TagFilters: []taggingtypes.TagFilter{filter}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list load balancers: %w", err)
		}
		for _, r := range page.ResourceTagMappingList {
			all = append(all, aws.ToString(r.ResourceARN))
		}
	}
	return all, nil
}
