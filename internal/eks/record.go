package eks

import (
	"context"
	"encoding/base64"
	"regexp"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Flink keeps its high-availability record in ConfigMaps: for each job one of
// the name <cluster id>-<job id>-config-map, whose keys name the completed
// checkpoints that a JobManager would restore (Flink 1.15 to 2.x,
// KubernetesLeaderElectionHaServices and KubernetesCheckpointStoreUtil).
const (
	recordLabel  = "configmap-type=high-availability"
	recordSuffix = "-config-map"
	checkpointID = "checkpointID-" // followed by 19 digits
)

// Every entry is a StateHandleWithDeleteMarker (KubernetesStateHandleStore), as
// serialized Java. markedForDeletion is its only field beside the handle and
// comes first, right after the end of the class's description; one that is marked
// is about to be deleted and does not count. Seen with Flink 1.20.
const (
	markerClass = "StateHandleWithDeleteMarker"
	markerEnd   = "Lorg/apache/flink/runtime/state/RetrievableStateHandle;xp"
)

var flinkJobID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// recordFacts reads the record of the application's job. Without the right to
// list ConfigMaps, or with an API server that cannot now, nothing is known.
func (t *Target) recordFacts(ctx context.Context, app flink.Application, r *resource) flink.RecordFacts {
	list, err := t.kube.Resource(configMaps).Namespace(app.Namespace).
		List(ctx, metav1.ListOptions{LabelSelector: "app=" + app.Name + "," + recordLabel})
	if err != nil {
		return flink.RecordFacts{}
	}
	return recordOf(list.Items, app.Name, text(mapping(mapping(r.Object, "status"), "jobStatus"), "jobId"))
}

// recordOf finds the newest completed checkpoint of a job. Which job it is the
// operator says; where it does not, only a record that stands alone is believed.
func recordOf(maps []unstructured.Unstructured, cluster, jobID string) flink.RecordFacts {
	records := map[string]flink.RecordFacts{}
	for _, m := range maps {
		if job := recordedJob(m.GetName(), cluster); job != "" && m.GetDeletionTimestamp() == nil {
			records[job] = newestIn(mapping(m.Object, "data"))
		}
	}
	if jobID != "" {
		return records[jobID]
	}
	if len(records) == 1 {
		for _, only := range records {
			return only
		}
	}
	return flink.RecordFacts{}
}

// recordedJob is the job that a ConfigMap is the record of; empty when it is
// the cluster's own, or of an application whose name begins like this one's.
func recordedJob(name, cluster string) string {
	rest, ours := strings.CutPrefix(name, cluster+"-")
	job, ofJob := strings.CutSuffix(rest, recordSuffix)
	if !ours || !ofJob || !flinkJobID.MatchString(job) {
		return ""
	}
	return job
}

func newestIn(data map[string]any) flink.RecordFacts {
	var facts flink.RecordFacts
	for key, handle := range data {
		digits, found := strings.CutPrefix(key, checkpointID)
		id, err := strconv.ParseInt(digits, 10, 64)
		if !found || err != nil || id <= 0 || isDeleted(handle) {
			continue
		}
		facts.Known, facts.LatestID = true, max(facts.LatestID, id)
	}
	return facts
}

// isDeleted looks for one byte in the handle. The handle is serialized Java,
// which is never deserialized here: where the checkpoint lies cannot be told from it.
func isDeleted(handle any) bool {
	s, _ := handle.(string)
	decoded, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(decoded) == 0 {
		return true
	}
	if !strings.Contains(string(decoded), markerClass) {
		return false // a Flink that does not wrap its handles
	}
	_, fields, found := strings.Cut(string(decoded), markerEnd)
	return !found || fields == "" || fields[0] != 0
}

// withPath adds where the recorded checkpoint lies, when Flink itself says so of
// that very id.
func withPath(record flink.RecordFacts, job flink.JobFacts) flink.RecordFacts {
	c := job.Checkpoints
	switch {
	case !record.Known || !job.Reachable:
	case c.LatestID == record.LatestID && c.Latest != "":
		record.Path = c.Latest
	case c.RestoredID == record.LatestID && c.RestoredFrom != "":
		record.Path = c.RestoredFrom
	}
	return record
}
