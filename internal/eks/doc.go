// Package eks runs Flink applications on Kubernetes: it implements flink.Target
// for the FlinkDeployment (flink.apache.org/v1beta1) of the Flink Kubernetes
// Operator, the Apache one and Amazon EMR's.
//
// It knows the custom resource, what the operator writes into its status, the
// API server's ways of saying no, and the Flink REST API behind the API
// server's service proxy, so that nothing but the API server has to be
// reachable. It refuses to judge what it sees: whether a job is healthy and
// which state a rollback restores is decided in internal/flink.
//
// Every write is a server-side apply of the field manager "sluice", never
// forced, on the version of the object that was read, after the application's
// fence has been raised; see fence.go. The cluster itself refuses a write under
// a lower one: infra/kubernetes/fence-policy.yaml. A savepoint of a running job
// is a FlinkStateSnapshot where the operator has them, else Flink is asked.
//
// The Role it needs in each namespace: get, list, create and update configmaps;
// list pods; get and create services/proxy; get, create, patch and delete
// flinkdeployments.flink.apache.org; get, list, create and delete
// flinkstatesnapshots.flink.apache.org, where there are any.
//
// It rehearses the restore of a snapshot (flink.Rehearser) in a Job made of the
// running JobManager's pod: rehearsal.go, with rehearsal_job.go and
// rehearsal_args.go (pure) for what is made. That needs the NetworkPolicy and
// the Role of infra/kubernetes/rehearsal.yaml besides.
//
// Start with target.go for how to connect, render.go (pure) for what is
// written, apply.go for when, facts.go and record.go (pure) for what is read;
// adopt.go and ownership.go for taking over what somebody else made.
package eks
