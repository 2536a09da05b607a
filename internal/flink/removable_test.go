package flink

import "testing"

func TestSavepointsAreRemovableBelowADirectoryOfThatNameOnly(t *testing.T) {
	for dir, want := range map[string]bool{
		"s3://data/savepoints": true, "s3://data/team-a/fraud/savepoints/": true, "s3://data/savepoints/team-a/fraud": true, "s3a://data//savepoints": true,
		"s3://savepoints/team-a": false, "s3://data/team-a/savepoints-of-fraud": false, "s3://data/team-a/state": false, "s3://data": false, "": false,
	} {
		if MayRemoveBelow(dir) != want {
			t.Errorf("%q: got %v", dir, !want)
		}
	}
}
