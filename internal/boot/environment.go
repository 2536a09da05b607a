package boot

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/sluice-flink/sluice/functions"
)

// Environment is what a function reads of its surroundings, once.
type Environment struct {
	Region, AccessKey, SecretKey, SessionToken string // credentials are empty where the SDK's own chain serves
	S3Endpoint, EventsEndpoint, StatesEndpoint string // empty: Amazon's
	AlarmsEndpoint                             string // empty: Amazon's, where S3 is Amazon's, too
	Artifacts, Ledger, EventBus, Machine       string
	TopicsEndpoint, Escalations                string
	Operator                                   string
	Prometheus                                 string // URL of its API; empty where there is none
	Metrics                                    string // CloudWatch namespace
	Placeholders                               map[string]string
	Kubeconfig, Cluster, ClusterEndpoint, CA   string
}

// Read reads the variables that a function of those grants needs. It reports
// every fault at once.
func Read(f functions.Function, env func(string) string) (Environment, error) {
	e := Environment{
		Region: env("AWS_REGION"), AccessKey: env("AWS_ACCESS_KEY_ID"), SecretKey: env("AWS_SECRET_ACCESS_KEY"), SessionToken: env("AWS_SESSION_TOKEN"),
		S3Endpoint: env(functions.EnvS3Endpoint), EventsEndpoint: env("AWS_ENDPOINT_URL_EVENTBRIDGE"), StatesEndpoint: env("AWS_ENDPOINT_URL_SFN"),
		AlarmsEndpoint: env("AWS_ENDPOINT_URL_CLOUDWATCH"), TopicsEndpoint: env("AWS_ENDPOINT_URL_SNS"), Escalations: env(functions.EnvEscalations),
		Artifacts: env(functions.EnvArtifacts), Ledger: env(functions.EnvLedger), EventBus: env(functions.EnvEventBus), Machine: env(functions.EnvMachine),
		Operator: env(functions.EnvOperator), Prometheus: env(functions.EnvPrometheus), Metrics: env(functions.EnvMetrics), Kubeconfig: env(functions.EnvKubeconfig),
		Cluster: env(functions.EnvClusterName), ClusterEndpoint: env(functions.EnvClusterEndpoint), CA: env(functions.EnvClusterCA),
	}
	var faults []error
	if raw := env(functions.EnvPlaceholders); raw != "" {
		if err := json.Unmarshal([]byte(raw), &e.Placeholders); err != nil {
			faults = append(faults, fmt.Errorf("%s is no JSON object of strings: %w", functions.EnvPlaceholders, err))
		}
	}
	return e, errors.Join(append(faults, e.missing(f)...)...)
}

// missing lists what the function's grants need and the environment lacks.
func (e Environment) missing(f functions.Function) []error {
	var faults []error
	need := func(name, value string) {
		if value == "" {
			faults = append(faults, fmt.Errorf("%s is not set", name))
		}
	}
	need("AWS_REGION", e.Region)
	need(functions.EnvLedger, e.Ledger)
	if slices.Contains(f.Grants, functions.ReadArtifacts) {
		need(functions.EnvArtifacts, e.Artifacts)
	}
	if slices.Contains(f.Grants, functions.SendEvents) {
		need(functions.EnvEventBus, e.EventBus)
	}
	if slices.Contains(f.Grants, functions.CallSomebody) {
		need(functions.EnvEscalations, e.Escalations)
	}
	if slices.Contains(f.Grants, functions.StartRelease) {
		need(functions.EnvMachine, e.Machine)
	}
	if slices.Contains(f.Grants, functions.PutMetrics) {
		need(functions.EnvMetrics, e.Metrics)
	}
	if f.ReachesCluster() {
		if e.Operator != "emr" && e.Operator != "apache" {
			faults = append(faults, fmt.Errorf("%s is %q; it takes emr or apache", functions.EnvOperator, e.Operator))
		}
		if e.Kubeconfig == "" {
			need(functions.EnvClusterName, e.Cluster)
			need(functions.EnvClusterEndpoint, e.ClusterEndpoint)
			need(functions.EnvClusterCA, e.CA)
		}
	}
	return faults
}
