package eks

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sluice-flink/sluice/internal/flink"
)

// FuzzAnyResourceIsRead: whatever a FlinkDeployment, a pod or a ConfigMap looks
// like, its facts are read and can be recorded.
func FuzzAnyResourceIsRead(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "facts", "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatalf("there are no recorded resources: %v", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	for _, seed := range wrongEverywhere {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var object map[string]any
		if json.Unmarshal(body, &object) != nil {
			return
		}
		readAll(t, &unstructured.Unstructured{Object: object})
	})
}

// readAll reads an object as everything that objects are read as here.
func readAll(t *testing.T, o *unstructured.Unstructured) {
	t.Helper()
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	r := resource{o}
	seen := flink.Observation{Exists: true, Spec: r.specFacts(), Status: r.statusFacts(),
		Record: recordOf([]unstructured.Unstructured{*o}, "fraud", "")}
	seen.Status.PodTrouble = podTrouble([]unstructured.Unstructured{*o}, now)
	if _, err := json.Marshal(seen); err != nil {
		t.Errorf("what was read cannot be recorded: %v", err)
	}
	_, _ = fenceOf(o)
	_ = r.fence()
	_, _ = r.keeper()
	_ = sameDemand(&r, &r)
	d := flink.Desired{Application: flink.Application{Namespace: "team-a", Name: "fraud"}, Run: flink.Running, Revision: flink.Revision{Manifest: o.Object}}
	_, _ = Render(d, Situation{Operator: Apache, Exists: true})
	_, _ = Render(d, Situation{Operator: EMR})
}

// wrongEverywhere are objects whose fields have types that they should not have.
var wrongEverywhere = []string{
	`{}`, `{"metadata":null,"spec":null,"status":null,"data":null}`,
	`{"metadata":[],"spec":"x","status":1,"data":true}`,
	`{"metadata":{"name":1,"generation":"2","annotations":["a"],"labels":{"a":1},"deletionTimestamp":"yesterday","managedFields":"x","uid":{}}}`,
	`{"metadata":{"annotations":{"sluice/fence":"99999999999999999999","sluice/delete-fence":""},"managedFields":[null,{"manager":1}]}}`,
	`{"spec":{"job":{"state":{},"args":[[],{}],"jarURI":1},"flinkConfiguration":[1],"mode":[]}}`,
	`{"status":{"observedGeneration":"x","jobStatus":[],"reconciliationStatus":{"lastReconciledSpec":"{\"resource_metadata\":null}","reconciliationTimestamp":1e300},"error":"{\"type\":1}"}}`,
	`{"status":{"jobStatus":{"upgradeSavepointPath":"s3://a","savepointInfo":{"lastSavepoint":{"location":[],"timeStamp":9e18,"triggerType":"UNKNOWN"},"savepointHistory":[1,null,{"triggerType":"MANUAL","timeStamp":-1}]}},"reconciliationStatus":{"reconciliationTimestamp":9223372036854775807}}}`,
	`{"status":{"error":"{\"type\":\"a.B\",\"throwableList\":[null,{}],\"additionalMetadata\":{\"reason\":1}}"}}`,
	`{"status":{"containerStatuses":[null,1,{"state":{"waiting":{"reason":"CrashLoopBackOff"}},"restartCount":"x","lastState":[]}],"conditions":[{"type":"PodScheduled","reason":"Unschedulable","lastTransitionTime":"0000-01-01T00:00:00Z"}]}}`,
	`{"metadata":{"name":"fraud-00112233445566778899aabbccddeeff-config-map"},"data":{"checkpointID-0000000000000000001":1,"checkpointID--":"","checkpointID-9223372036854775807":"rO0ABQ==","fence":"x"}}`,
	`{"kind":"FlinkDeployment","metadata":{"annotations":1,"labels":[]},"spec":{"flinkConfiguration":null,"job":null,"jobManager":"x"}}`,
	`{"kind":"FlinkDeployment","spec":{"podTemplate":[],"job":{"args":"--jars"},"mode":"standalone"}}`,
}
