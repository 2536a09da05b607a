package functions

// Environment variables of the functions. infra sets them, boot reads them,
// and a test holds that every one boot reads is set.
const (
	EnvArtifacts    = "SLUICE_ARTIFACTS_BUCKET"  // bucket users drop jars and manifests into
	EnvLedger       = "SLUICE_LEDGER_BUCKET"     // bucket of ledger documents, records, revisions, pinned jars
	EnvEventBus     = "SLUICE_EVENT_BUS"         // name of the bus that Sluice's own events go to
	EnvMachine      = "SLUICE_RELEASE_MACHINE"   // ARN of the release state machine
	EnvEscalations  = "SLUICE_ESCALATIONS_TOPIC" // ARN of the SNS topic that somebody is called by
	EnvOperator     = "SLUICE_OPERATOR"          // emr or apache: which Flink operator the cluster runs
	EnvPlaceholders = "SLUICE_PLACEHOLDERS"      // JSON object: what ${NAME} in a manifest is filled in with

	EnvMetrics = "SLUICE_METRICS_NAMESPACE" // of CloudWatch, which the probe's metrics go to

	EnvPrometheus = "SLUICE_PROMETHEUS_ENDPOINT" // URL below which a Prometheus answers /api/v1/query; empty: policies with queries are refused

	EnvClusterName     = "SLUICE_CLUSTER_NAME"     // EKS cluster the token is made for
	EnvClusterEndpoint = "SLUICE_CLUSTER_ENDPOINT" // https URL of its API server
	EnvClusterCA       = "SLUICE_CLUSTER_CA"       // base64 PEM of its certificate authority
	EnvKubeconfig      = "SLUICE_KUBECONFIG"       // path of a kubeconfig to use instead of the three above; never set on AWS

	EnvS3Endpoint = "AWS_ENDPOINT_URL_S3" // the SDK's own variable; set where S3 is not Amazon's
)

// PlaceholdersOutput is the stack's output that has the same as EnvPlaceholders,
// for those who read a manifest before it is uploaded.
const PlaceholdersOutput = "Placeholders"
