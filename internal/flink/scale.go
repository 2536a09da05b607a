package flink

import "encoding/json"

// What switches Flink's autoscaler on, since operator 1.8 and before.
const (
	autoscalerKey = "job.autoscaler.enabled"
	olderPrefix   = "kubernetes.operator."
)

// Scaled is the running revision with another parallelism. The next upload of
// application.yaml brings the manifest's own back.
func Scaled(running Revision, parallelism int) (Revision, error) {
	text, err := json.Marshal(running.Manifest)
	if err != nil {
		return Revision{}, Errorf(Internal, "scale the revision", "%w", err)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		return Revision{}, Errorf(Internal, "scale the revision", "%w", err)
	}
	spec, _ := m["spec"].(map[string]any)
	job, _ := spec["job"].(map[string]any)
	conf, _ := spec["flinkConfiguration"].(map[string]any)
	if job == nil {
		return Revision{}, Errorf(Invalid, "scale the job", "nothing runs here that could be scaled")
	}
	if conf[autoscalerKey] == "true" || conf[olderPrefix+autoscalerKey] == "true" {
		return Revision{}, Errorf(Invalid, "scale the job", "Flink's autoscaler decides about its parallelism (%s): switch it off first, or bound it there", autoscalerKey)
	}
	if tm, _ := spec["taskManager"].(map[string]any); tm["replicas"] != nil {
		return Revision{}, Errorf(Invalid, "scale the job", "spec.taskManager.replicas is set, and with it the operator ignores the parallelism: change it in application.yaml")
	}
	job["parallelism"] = int64(parallelism)
	return NewRevision(m, running.Jar)
}
