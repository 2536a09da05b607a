// Package operator holds internal/eks against the real Flink Kubernetes Operator
// and real Flink, without Sluice's own plane: what the port promises of a
// standstill, an adoption and a scaling is looked for in Flink itself. It stands
// apart from package e2e because a process can run one S3 gateway. Its tests
// have the build tag e2e: make e2e.
package operator
