package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/internal/webpage"
)

// environment is what every function is told; all get the same, because boot
// reads and checks it as a whole. Lambda allows 4 KB of it, of which the
// cluster's certificate authority takes about 1.5.
func environment(stack awscdk.Stack, given parameters, subjects constructs.Subjects) map[string]*string {
	return map[string]*string{
		functions.EnvArtifacts:       subjects.Artifacts.BucketName(),
		functions.EnvLedger:          subjects.Ledger.BucketName(),
		functions.EnvEventBus:        subjects.Bus.EventBusName(),
		functions.EnvMachine:         subjects.MachineArn,
		functions.EnvEscalations:     subjects.Escalations.TopicArn(),
		functions.EnvOperator:        given.operator,
		functions.EnvMetrics:         subjects.MetricNamespace,
		functions.EnvPrometheus:      given.prometheus,
		functions.EnvPlaceholders:    placeholders(stack, given),
		functions.EnvClusterName:     given.clusterName,
		functions.EnvClusterEndpoint: given.clusterEndpoint,
		functions.EnvClusterCA:       given.clusterCA,
	}
}

// placeholders is what ${NAME} in a manifest is filled in with, as a JSON object:
// docs/policy.md says what each is.
func placeholders(stack awscdk.Stack, given parameters) *string {
	values := map[string]any{
		"DATA_BUCKET":            given.dataBucket,
		"JOB_EXECUTION_ROLE_ARN": given.jobRole,
		"SCHEDULER":              given.scheduler,
	}
	for name, value := range map[string]*string{
		"LOGS_BUCKET": given.logsBucket, "LOG_GROUP": given.logGroup, "DOCKER_HUB": given.dockerHub, webpage.DomainPlaceholder: given.webDomain,
	} {
		if value != nil {
			values[name] = value
		}
	}
	return stack.ToJsonString(values, nil)
}
