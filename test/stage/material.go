package stage

import (
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/jar/jartest"
)

// Manifest is an application.yaml in order, with a short policy.
const Manifest = `apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: {name: counter}
spec:
  image: flink:1.20
  flinkVersion: v1_20
  serviceAccount: flink
  flinkConfiguration:
    state.savepoints.dir: s3://data/team-a/counter/savepoints
    state.checkpoints.dir: s3://data/team-a/counter/checkpoints
    high-availability.type: kubernetes
    high-availability.storageDir: s3://data/team-a/counter/ha
  jobManager: {resource: {memory: 1024m, cpu: 0.5}}
  taskManager: {resource: {memory: 1024m, cpu: 0.5}}
  job: {parallelism: 1, upgradeMode: savepoint}
---
apiVersion: sluice/v1alpha1
kind: ReleasePolicy
spec:
  progressDeadline: 3m
  bakeTime: 20s
`

// Jar makes a jar with an entry class, another for each name, and says how it
// behaves on the model. attributes are further lines of its own manifest.
func (s *Stage) Jar(name string, b targettest.Behaviour, attributes ...string) []byte {
	s.t.Helper()
	body := jartest.Make(name, attributes...)
	s.Model.Plant(jartest.SHA256(body), b)
	return body
}
