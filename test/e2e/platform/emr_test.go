//go:build e2e

package platform

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// asEMR lays over the definition of FlinkDeployments what EMR's operator knows
// beyond Apache's: exactly the fields that AWS documents, so that a misspelt one is
// refused. A stand-in: EMR's own definition is in a chart that cannot be had here.
// https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/jobruns-flink-kubernetes-operator-run-application.html,
// …/jobruns-flink-monitoring-configuration.html, …/jobruns-flink-using-ha.html.
const asEMR = `
emrReleaseLabel: {type: string}
executionRoleArn: {type: string}
monitoringConfiguration:
  type: object
  properties:
    s3MonitoringConfiguration:
      type: object
      properties: {logUri: {type: string}}
    cloudWatchMonitoringConfiguration:
      type: object
      properties: {logGroupName: {type: string}, logStreamNamePrefix: {type: string}}
    sideCarResources:
      type: object
      properties:
        limits:
          type: object
          properties: {cpuLimit: {type: string}, memoryLimit: {type: string}}
    containerLogRotationConfiguration:
      type: object
      properties: {rotationSize: {type: string}, maxFilesToKeep: {type: string}}
jobManager:
  properties: {highAvailabilityEnabled: {type: boolean}, storageDir: {type: string}}
flinkVersion:
  enum: [v1_20]
`

// withEMR changes the definition in a folder of them. Flink 1.20, which the laptop's
// operator is too old for, is one of Apache's own from 1.10 on.
func withEMR(t *testing.T, dir string) string {
	t.Helper()
	file := filepath.Join(dir, "flinkdeployments.flink.apache.org-v1.yml")
	raw, err := os.ReadFile(file)
	must(t, err)
	var definition, more map[string]any
	must(t, yaml.Unmarshal(raw, &definition))
	must(t, yaml.Unmarshal([]byte(asEMR), &more))
	version := below(definition, "spec")["versions"].([]any)[0].(map[string]any)
	over(below(version, "schema", "openAPIV3Schema", "properties", "spec", "properties"), more)
	raw, err = yaml.Marshal(definition)
	must(t, err)
	must(t, os.WriteFile(file, raw, 0o600))
	return dir
}

// over adds to a mapping: fields to fields, values to lists.
func over(to, more map[string]any) {
	for name, value := range more {
		switch had := to[name].(type) {
		case map[string]any:
			over(had, value.(map[string]any))
		case []any:
			to[name] = append(had, value.([]any)...)
		default:
			to[name] = value
		}
	}
}

// below is the mapping at a path, where there has to be one.
func below(m map[string]any, path ...string) map[string]any {
	for _, name := range path {
		next, ok := m[name].(map[string]any)
		if !ok {
			panic("there is no mapping at " + strings.Join(path, "."))
		}
		m = next
	}
	return m
}
