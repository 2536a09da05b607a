package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/platform"
)

func TestTheCommandKnowsTheRegionsThatTheCDKKnows(t *testing.T) {
	if diff := cmp.Diff(regions(), platform.AllRegions()); diff != "" {
		t.Errorf("say so in infra/platform/regions.go (-CDK +ours):\n%s", diff)
	}
}
