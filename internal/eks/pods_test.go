package eks

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestAPodsTroubleIsToldWithItsNameAndCause(t *testing.T) {
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for sentence, c := range map[string]struct{ metadata, status, want string }{
		"a pod that runs is no trouble":              {``, `"containerStatuses":[{"state":{"running":{}}}]`, ""},
		"a container that is being made is none":     {``, `"containerStatuses":[{"state":{"waiting":{"reason":"ContainerCreating"}}}]`, ""},
		"a crash loop with its exit code":            {``, `"containerStatuses":[{"restartCount":4,"state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 40s"}},"lastState":{"terminated":{"exitCode":239,"reason":"Error"}}}]`, "pod p: CrashLoopBackOff after 4 restarts: it ended with exit code 239 (Error)"},
		"a crash loop with its last words":           {``, `"containerStatuses":[{"restartCount":1,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"message":"no such jar"}}}]`, "pod p: CrashLoopBackOff after 1 restarts: no such jar"},
		"an image that cannot be pulled":             {``, `"containerStatuses":[{"state":{"waiting":{"reason":"ErrImagePull","message":"not found"}}}]`, "pod p: ErrImagePull: not found"},
		"an init container too":                      {``, `"initContainerStatuses":[{"state":{"waiting":{"reason":"ImagePullBackOff"}}}]`, "pod p: ImagePullBackOff"},
		"a pod of the version before is passed over": {`,"deletionTimestamp":"2026-01-01T00:00:00Z"`, `"containerStatuses":[{"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]`, ""},
		"a node may take a few minutes":              {``, `"conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","lastTransitionTime":"2026-01-01T11:56:00Z"}]`, ""},
		"but not for ever":                           {``, `"conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes","lastTransitionTime":"2026-01-01T11:54:00Z"}]`, "pod p: Unschedulable for 6m0s: 0/3 nodes"},
	} {
		var pod unstructured.Unstructured
		if err := json.Unmarshal([]byte(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"`+c.metadata+`},"status":{`+c.status+`}}`), &pod); err != nil {
			t.Fatal(err)
		}
		if got := podTrouble([]unstructured.Unstructured{pod}, now); got != c.want {
			t.Errorf("%s: %q, want %q", sentence, got, c.want)
		}
	}
}

func TestTheRedeployNonceIsLookedForInTheSchema(t *testing.T) {
	schema := func(job string) string {
		return `{"components":{"schemas":{"org.apache.flink.v1beta1.FlinkSessionJob":{},"org.apache.flink.v1beta1.FlinkDeployment":{"properties":{"spec":{"properties":{"job":{"properties":{` + job + `}}}}}}}}}`
	}
	if !capabilitiesIn([]byte(schema(`"jarURI":{},"savepointRedeployNonce":{"type":"integer"}`))).nonce {
		t.Error("the nonce is there and was not found")
	}
	for _, without := range []string{schema(`"jarURI":{},"savepointTriggerNonce":{}`), `{}`, `no JSON`, strings.Replace(schema(`"savepointRedeployNonce":{}`), "FlinkDeployment", "FlinkOther", 1)} {
		if capabilitiesIn([]byte(without)).nonce {
			t.Errorf("found a nonce in %s", without)
		}
	}
}
