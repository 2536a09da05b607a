package manifest

import (
	"strings"
	"testing"
)

func TestNoFaultAndNoNoteTellsASecret(t *testing.T) {
	const planted = "hunter2-Tr0ub4dor"
	plain := example(t, "good/plain")
	bucket := map[string]string{"DATA_BUCKET": planted}
	for name, change := range map[string]struct{ from, to string }{
		"an anchor that is a password":    {"spec:", "spec:\n  password: *" + planted},
		"a tag that is a password":        {"flinkConfiguration:", "flinkConfiguration:\n    s3.secret-key: !" + planted + " x"},
		"a value of another type":         {"flinkConfiguration:", "flinkConfiguration:\n    s3.secret-key: !!int " + planted},
		"a list of secrets":               {"flinkConfiguration:", "flinkConfiguration:\n    s3.secret-key: [" + planted + "]"},
		"an environment variable":         {"spec:", "spec:\n  podTemplate: {spec: {containers: [{env: [{name: X, value: !!int " + planted + "}]}]}}"},
		"arguments as a mapping":          {"job:", "job:\n    args: {--password: " + planted + "}"},
		"an argument as a mapping":        {"job:", "job:\n    args: [{password: " + planted + "}]"},
		"an argument of another type":     {"job:", "job:\n    args: [!!int " + planted + "]"},
		"a jar behind a presigned URL":    {"job:", "job:\n    jarURI: https://b.s3.amazonaws.com/j.jar?X-Amz-Signature=" + planted},
		"a jar behind a password":         {"job:", "job:\n    jarURI: s3://user:" + planted + "@bucket/j.jar"},
		"a key that is an argument":       {"job:", "job:\n    args: {--password=" + planted + "}"},
		"a filled in value":               {"job:", "job:\n    state: ${DATA_BUCKET}"},
		"a filled in value in an address": {"job:", "job:\n    jarURI: \"${DATA_BUCKET} here\""},
		"a filled in value in a note":     {"job:", "job:\n    jarURI: s3://${DATA_BUCKET}/j.jar"},
		"credentials in an address":       {"flinkConfiguration:", "flinkConfiguration:\n    high-availability.storageDir: s3a://key:" + planted + "@bucket/ha"},
	} {
		t.Run(name, func(t *testing.T) {
			doc := strings.Replace(plain, change.from, change.to, 1)
			if doc == plain {
				t.Fatalf("the example has no %q", change.from)
			}
			m, err := Parse([]byte(doc), fraud, bucket)
			var told string
			if err != nil {
				told = err.Error()
			} else {
				told = strings.Join(m.Notes, "\n")
			}
			if strings.Contains(told, planted) {
				t.Errorf("it is told:\n%s", told)
			}
			if told == "" {
				t.Error("nothing is said of it")
			}
		})
	}
}

func TestAnAddressOfStateWithCredentialsIsRefused(t *testing.T) {
	doc := strings.Replace(example(t, "good/plain"), "flinkConfiguration:", "flinkConfiguration:\n    high-availability.storageDir: s3a://key:word@bucket/ha", 1)
	_, err := Parse([]byte(doc), fraud, placeholders)
	if err == nil || !strings.Contains(err.Error(), "high-availability.storageDir: the address carries credentials") {
		t.Errorf("it is said: %v", err)
	}
}
