package eks

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sluice-flink/sluice/internal/flink"
)

// handle is the beginning of what Flink 1.20 writes, byte for byte as it was
// read from a cluster, with its mark.
func handle(mark string) string {
	return base64.StdEncoding.EncodeToString([]byte("\xac\xed\x00\x05sr\x00corg.apache.flink.kubernetes.highavailability.KubernetesStateHandleStore$StateHandleWithDeleteMarker" +
		"\x1b\xadD\x80\xef\x86\r|\x02\x00\x02Z\x00\x11markedForDeletionL\x00\x05innert\x007Lorg/apache/flink/runtime/state/RetrievableStateHandle;xp" + mark +
		"sr\x00;org.apache.flink.runtime.state.RetrievableStreamStateHandle\x00\x01\x1e\x18\xf1U\x97+\x02\x00\x01"))
}

const (
	kept   = "\x00"
	marked = "\x01"
)

func recordMap(name string, data map[string]any) unstructured.Unstructured {
	return unstructured.Unstructured{Object: map[string]any{"metadata": map[string]any{"name": name}, "data": data}}
}

func TestTheRecordTellsTheNewestCheckpointThatCounts(t *testing.T) {
	other := strings.Repeat("cd", 16)
	mine, theirs := "fraud-"+jobID+"-config-map", "fraud-"+other+"-config-map"
	deleting := recordMap(mine, map[string]any{"checkpointID-0000000000000000009": handle(kept)})
	now := metav1.NewTime(time.Unix(1, 0))
	deleting.SetDeletionTimestamp(&now)
	for sentence, c := range map[string]struct {
		maps  []unstructured.Unstructured
		jobID string
		want  flink.RecordFacts
	}{
		"the highest of several": {[]unstructured.Unstructured{recordMap(mine, map[string]any{
			"checkpointID-0000000000000000009": handle(kept), "checkpointID-0000000000000000010": handle(kept), "counter": "11"})}, jobID, flink.RecordFacts{Known: true, LatestID: 10}},
		"one about to be deleted does not count": {[]unstructured.Unstructured{recordMap(mine, map[string]any{
			"checkpointID-0000000000000000009": handle(kept), "checkpointID-0000000000000000010": handle(marked)})}, jobID, flink.RecordFacts{Known: true, LatestID: 9}},
		"what is no handle does not count":     {[]unstructured.Unstructured{recordMap(mine, map[string]any{"checkpointID-0000000000000000009": "{}"})}, jobID, flink.RecordFacts{}},
		"a job that completed no checkpoint":   {[]unstructured.Unstructured{recordMap(mine, map[string]any{"counter": "1"})}, jobID, flink.RecordFacts{}},
		"an earlier job's record is not taken": {[]unstructured.Unstructured{recordMap(theirs, map[string]any{"checkpointID-0000000000000000009": handle(kept)})}, jobID, flink.RecordFacts{}},
		"the only one, when the operator names no job": {[]unstructured.Unstructured{
			recordMap("fraud-cluster-config-map", map[string]any{"checkpointID-0000000000000000099": handle(kept)}),
			recordMap(theirs, map[string]any{"checkpointID-0000000000000000009": handle(kept)})}, "", flink.RecordFacts{Known: true, LatestID: 9}},
		"of two, when the operator names no job": {[]unstructured.Unstructured{
			recordMap(mine, map[string]any{"checkpointID-0000000000000000008": handle(kept)}),
			recordMap(theirs, map[string]any{"checkpointID-0000000000000000009": handle(kept)})}, "", flink.RecordFacts{}},
		"an application whose name begins alike": {[]unstructured.Unstructured{recordMap("fraud-eu-"+jobID+"-config-map",
			map[string]any{"checkpointID-0000000000000000009": handle(kept)})}, "", flink.RecordFacts{}},
		"one that is being deleted": {[]unstructured.Unstructured{deleting}, jobID, flink.RecordFacts{}},
		"nothing there":             {nil, jobID, flink.RecordFacts{}},
	} {
		if got := recordOf(c.maps, "fraud", c.jobID); got != c.want {
			t.Errorf("%s: %+v, want %+v", sentence, got, c.want)
		}
	}
}

func TestThePathOfTheRecordIsTakenFromFlinkForThatVeryIdOnly(t *testing.T) {
	job := flink.JobFacts{Reachable: true, Checkpoints: flink.Checkpoints{LatestID: 12, Latest: "s3://state/chk-12", RestoredID: 7, RestoredFrom: "s3://state/sp-7"}}
	for id, want := range map[int64]string{12: "s3://state/chk-12", 7: "s3://state/sp-7", 13: "", 0: ""} {
		if got := withPath(flink.RecordFacts{Known: id > 0, LatestID: id}, job); got.Path != want {
			t.Errorf("checkpoint %d: %q, want %q", id, got.Path, want)
		}
	}
	job.Reachable = false
	if got := withPath(flink.RecordFacts{Known: true, LatestID: 12}, job); got.Path != "" {
		t.Errorf("Flink did not answer, and the path is %q", got.Path)
	}
}
