// Package real measures on real parts: a whole local installation with a real
// Kubernetes API, the real Flink operator and real Flink. The same job runs
// twice in it, once as Sluice's application and once as nobody's, which is
// changed as kubectl apply --server-side would change it; both are written with
// the same fields, and both are watched from outside in the same way, through
// Flink's REST API and by Flink's own timestamps.
//
// It judges nothing and computes no ratio: that is package figures. Start with
// bench.go, then change.go for what one measurement is.
package real
