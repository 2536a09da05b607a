// Package manifesttest has the application.yaml that tests begin with: in order,
// and with a policy that keeps them short. It knows nothing of how one is read.
package manifesttest

import "strings"

// Deployment is the first document, a FlinkDeployment named counter.
const Deployment = `apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: {name: counter}
spec:
  image: flink:1.20
  flinkVersion: v1_19
  serviceAccount: flink
  flinkConfiguration:
    state.savepoints.dir: s3://data/team-a/counter/savepoints
    state.checkpoints.dir: s3://data/team-a/counter/checkpoints
    high-availability.type: kubernetes
    high-availability.storageDir: s3://data/team-a/counter/ha
  jobManager: {resource: {memory: 1024m, cpu: 0.5}}
  taskManager: {resource: {memory: 1024m, cpu: 0.5}}
  job: {parallelism: 1, ` + mode + `}
`

const mode = "upgradeMode: savepoint"

// Short is the Deployment with a policy that bakes 20 seconds. Further fields of
// the policy's spec can be appended to it.
const Short = Deployment + `---
apiVersion: sluice/v1alpha1
kind: ReleasePolicy
spec:
  progressDeadline: 3m
  bakeTime: 20s
`

// With is Short with other fields of spec.job instead of its upgradeMode, and
// further lines of the policy's spec.
func With(job, policy string) string { return strings.Replace(Short, mode, job, 1) + policy }
