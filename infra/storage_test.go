package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/events"
)

// bucketID finds a bucket by the name its construct has.
func bucketID(t *testing.T, plane template, name string) string {
	t.Helper()
	for id := range plane.ofType("AWS::S3::Bucket") {
		if strings.HasPrefix(id, name) {
			return id
		}
	}
	t.Fatalf("there is no bucket %s", name)
	return ""
}

func artifactsID(t *testing.T, plane template) string { return bucketID(t, plane, "Artifacts") }

func ledgerID(t *testing.T, plane template) string { return bucketID(t, plane, "Ledger") }

func TestEveryBucketIsVersionedPrivateAndOutlivesTheStack(t *testing.T) {
	for id, bucket := range read(t, publicStack).ofType("AWS::S3::Bucket") {
		if got := at(bucket.Properties, "VersioningConfiguration", "Status"); got != "Enabled" {
			t.Errorf("%s: versioning is %v", id, got)
		}
		want := map[string]any{"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true}
		if diff := cmp.Diff(want, bucket.Properties["PublicAccessBlockConfiguration"]); diff != "" {
			t.Errorf("%s may become public:\n%s", id, diff)
		}
		if bucket.DeletionPolicy != "Retain" {
			t.Errorf("%s: deletion policy %s", id, bucket.DeletionPolicy)
		}
	}
}

func TestArtifactsAndLedgerAreEncryptedWithOurKeyAndLogged(t *testing.T) {
	plane := read(t, publicStack)
	key, properties := plane.only(t, "AWS::KMS::Key")
	if properties.Properties["EnableKeyRotation"] != true || properties.DeletionPolicy != "Retain" {
		t.Errorf("the key is not rotated, or goes with the stack: %v", properties.DeletionPolicy)
	}
	logs := bucketID(t, plane, "AccessLogs")
	for _, id := range []string{artifactsID(t, plane), ledgerID(t, plane)} {
		rules := many(at(plane.Resources[id].Properties, "BucketEncryption", "ServerSideEncryptionConfiguration"))
		if len(rules) != 1 {
			t.Fatalf("%s has %d rules of encryption", id, len(rules))
		}
		if got := text(at(rules[0], "ServerSideEncryptionByDefault", "KMSMasterKeyID")); got != "<"+key+".Arn>" {
			t.Errorf("%s is encrypted with %s", id, got)
		}
		if got := text(at(plane.Resources[id].Properties, "LoggingConfiguration", "DestinationBucketName")); got != "<"+logs+">" {
			t.Errorf("%s logs to %s", id, got)
		}
	}
}

func TestBucketsAndQueuesAreReachedOverTLSOnly(t *testing.T) {
	plane := read(t, publicStack)
	refusing := map[string]bool{}
	for _, kind := range []string{"AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy"} {
		for _, policy := range plane.ofType(kind) {
			for _, statement := range many(at(policy.Properties, "PolicyDocument", "Statement")) {
				if at(statement, "Effect") == "Deny" && at(statement, "Condition", "Bool", "aws:SecureTransport") == "false" && text(at(statement, "Principal", "AWS")) == "*" {
					for _, to := range append(texts(policy.Properties["Bucket"]), texts(policy.Properties["Queues"])...) {
						refusing[strings.Trim(to, "<>")] = true
					}
				}
			}
		}
	}
	for _, kind := range []string{"AWS::S3::Bucket", "AWS::SQS::Queue"} {
		for id := range plane.ofType(kind) {
			if !refusing[id] {
				t.Errorf("%s takes requests without TLS", id)
			}
		}
	}
}

func TestNewObjectsAreAnnouncedByTheBucketItself(t *testing.T) {
	plane := read(t, publicStack)
	bucket := plane.Resources[artifactsID(t, plane)]
	if at(bucket.Properties, "NotificationConfiguration", "EventBridgeConfiguration", "EventBridgeEnabled") != true {
		t.Error("the artifact bucket does not send its events to EventBridge")
	}
	for id, r := range plane.Resources {
		if strings.HasPrefix(r.Type, "Custom::") || r.Type == "AWS::CloudFormation::CustomResource" {
			t.Errorf("%s is a custom resource: it runs code that is not in the catalogue", id)
		}
	}
}

func TestFilesOfPlansExpireAndNothingElseThatIsCurrentDoes(t *testing.T) {
	plane := read(t, publicStack)
	for _, id := range []string{artifactsID(t, plane), ledgerID(t, plane)} {
		var expiring []string
		for _, rule := range many(at(plane.Resources[id].Properties, "LifecycleConfiguration", "Rules")) {
			if days := at(rule, "ExpirationInDays"); days != nil {
				expiring = append(expiring, text(at(rule, "Prefix")))
			}
		}
		var want []string
		if id == artifactsID(t, plane) {
			want = []string{events.PlanPrefix}
		}
		if diff := cmp.Diff(want, expiring); diff != "" {
			t.Errorf("%s: prefixes whose objects expire (-want +got):\n%s", id, diff)
		}
	}
}
