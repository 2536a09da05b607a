package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/regioninfo"

	"github.com/sluice-flink/sluice/infra/platform"
)

// regions are those that the CDK knows, with their partitions.
func regions() platform.Regions {
	known := platform.Regions{}
	for _, region := range *regioninfo.RegionInfo_Regions() {
		if partition := region.Partition(); partition != nil {
			known[*region.Name()] = *partition
		}
	}
	return known
}
