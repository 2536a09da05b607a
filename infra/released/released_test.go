package released

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var specs = map[string]Spec{
	"AWS::S3::Bucket":   {Stateful: true, Replacing: []string{"BucketName", "ObjectLockEnabled"}},
	"AWS::EKS::Cluster": {Replacing: []string{"EncryptionConfig", "Name", "ResourcesVpcConfig/SubnetIds"}},
	"AWS::IAM::Role":    {Replacing: []string{"RoleName"}},
}

func last() Template {
	return Template{Resources: map[string]Resource{
		"State":    {Type: "AWS::S3::Bucket", DeletionPolicy: "Retain", Properties: map[string]any{}},
		"Logs":     {Type: "AWS::S3::Bucket", DeletionPolicy: "Delete", Properties: map[string]any{"BucketName": "logs", "Tags": []any{"one"}}},
		"Cluster":  {Type: "AWS::EKS::Cluster", Properties: map[string]any{"Name": "sluice", "ResourcesVpcConfig": map[string]any{"SubnetIds": []any{"a", "b"}}, "Version": "1.34"}},
		"JobRole":  {Type: "AWS::IAM::Role", Properties: map[string]any{"RoleName": "sluice-job-a"}},
		"Function": {Type: "AWS::IAM::Role", Properties: map[string]any{}},
		"Operator": {Type: "Custom::AWSCDK-EKS-HelmChart", DeletionPolicy: "Delete"},
		"Topic":    {Type: "AWS::SNS::Topic"},
	}}
}

func TestWhatNobodyWouldMissIsNotRecorded(t *testing.T) {
	var got []string
	for id := range Record(last(), specs) {
		got = append(got, id)
	}
	if len(got) != 6 || strings.Contains(strings.Join(got, " "), "Function") {
		t.Errorf("recorded are %v", got)
	}
}

func TestEachReplacementIsFoundAndNothingElseIs(t *testing.T) {
	for name, c := range map[string]struct {
		change func(map[string]Resource)
		want   []string
	}{
		"nothing": {func(map[string]Resource) {}, nil},
		"what changes in place": {func(r map[string]Resource) {
			r["Logs"].Properties["Tags"] = []any{"two"}
			r["Cluster"].Properties["Version"] = "1.35"
			r["New"] = Resource{Type: "AWS::S3::Bucket"}
			delete(r, "Function")
		}, nil},
		"a renamed construct": {func(r map[string]Resource) {
			r["StateOfJobs"] = r["State"]
			delete(r, "State")
		}, []string{"State is gone, or has another logical id: the old one stays with what it holds, in no stack, and the new one is empty"}},
		"a changed name": {func(r map[string]Resource) { r["Logs"].Properties["BucketName"] = "logs-2" },
			[]string{`Logs has BucketName "logs-2" instead of "logs", which cannot be changed in place: what it holds, or its name, is lost`}},
		"a name where none was": {func(r map[string]Resource) { r["State"].Properties["BucketName"] = "state" },
			[]string{`State has BucketName "state" instead of null, which cannot be changed in place: the old one stays with what it holds, in no stack, and the new one is empty`}},
		"a property within a property": {func(r map[string]Resource) {
			r["Cluster"].Properties["ResourcesVpcConfig"] = map[string]any{"SubnetIds": []any{"a"}}
		}, []string{`Cluster has ResourcesVpcConfig/SubnetIds ["a"] instead of ["a","b"], which cannot be changed in place: every job runs in it`}},
		"one that nobody can see into": {func(r map[string]Resource) {
			r["Cluster"].Properties["ResourcesVpcConfig"] = map[string]any{"Fn::If": []any{"Public", "x", "y"}}
		}, []string{`Cluster has ResourcesVpcConfig/SubnetIds {"Fn::If":["Public","x","y"]} instead of ["a","b"], which cannot be changed in place: every job runs in it`}},
		"another type": {func(r map[string]Resource) { r["Topic"] = Resource{Type: "AWS::SQS::Queue"} },
			[]string{"Topic is a AWS::SQS::Queue now: people are subscribed to it"}},
		"no longer kept": {func(r map[string]Resource) {
			r["State"] = Resource{Type: "AWS::S3::Bucket", DeletionPolicy: "Delete", Properties: map[string]any{}}
		}, []string{"State was to be kept when it leaves the stack, and is not any more"}},
		"a role that service accounts are named after": {func(r map[string]Resource) { r["JobRole"].Properties["RoleName"] = "job-a" },
			[]string{`JobRole has RoleName "job-a" instead of "sluice-job-a", which cannot be changed in place: what it holds, or its name, is lost`}},
		"a chart": {func(r map[string]Resource) { delete(r, "Operator") },
			[]string{"Operator is gone, or has another logical id: the new id installs the chart, then the old one uninstalls it"}},
	} {
		t.Run(name, func(t *testing.T) {
			next := last()
			c.change(next.Resources)
			var got []string
			for _, f := range Compare(Record(last(), specs), next) {
				got = append(got, f.ID+" "+f.What)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAPathGoesThroughListsAndMaps(t *testing.T) {
	v := map[string]any{"Disks": []any{map[string]any{"Key": "a"}, map[string]any{"Key": "b"}}, "ByName": map[string]any{"x": map[string]any{"Key": "c"}}}
	got := []any{valueAt(v, "Disks/*/Key"), valueAt(v, "ByName/*/Key"), valueAt(v, "None/*/Key")}
	if diff := cmp.Diff([]any{[]any{"a", "b"}, map[string]any{"x": "c"}, nil}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
