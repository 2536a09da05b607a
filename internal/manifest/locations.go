package manifest

import "strings"

// savepointKeys are Flink's names for the default savepoint directory: since
// 1.20, and before.
var savepointKeys = []string{"execution.checkpointing.savepoint-dir", "state.savepoints.dir"}

// SavepointDirectory is where a resource's job puts savepoints, without a
// trailing slash; empty when it does not say.
func SavepointDirectory(resource map[string]any) string {
	spec, _ := resource["spec"].(map[string]any)
	config, _ := spec["flinkConfiguration"].(map[string]any)
	for _, key := range savepointKeys {
		if dir, _ := config[key].(string); dir != "" {
			return strings.TrimRight(dir, "/")
		}
	}
	return ""
}
