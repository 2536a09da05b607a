package team

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	own "github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/constructs/cluster"
	"github.com/sluice-flink/sluice/infra/constructs/data"
	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
)

// Props is what a team is wired to.
type Props struct {
	Platform platform.Platform
	Cluster  cluster.Cluster
	Data     data.Data
	Pinned   own.Storage // its ledger holds the jars that releases pinned
}

// New makes what the team has in its namespace and in AWS.
func New(scope constructs.Construct, t platform.Team, props Props) {
	log := own.NewLogGroup(scope, "Log", jsii.String(LogGroup(props.Platform, t)), jsii.Number(props.Platform.Observability.LogDays))
	jobRole(scope, t, props, log)
	props.Cluster.Apply(scope, "Objects", kubernetes.Always(t)...)
	if opened := kubernetes.Egress(t); len(opened) > 0 {
		// Alone, so that it is closed again when the file no longer says it.
		props.Cluster.Apply(scope, "Egress", opened...)
	}
	for i, role := range t.Roles {
		own.AdmitToCluster(scope, fmt.Sprintf("People%d", i), props.Cluster.ClusterName(), jsii.String(role), kubernetes.Group(t))
	}
}

// LogGroup is where the logs of a team's jobs go; EMR's operator makes none.
func LogGroup(p platform.Platform, t platform.Team) string {
	return fmt.Sprintf("/%s/flink/%s", p.Name, t.Namespace)
}
