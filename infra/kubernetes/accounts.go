package kubernetes

import (
	"math/big"

	"github.com/sluice-flink/sluice/infra/platform"
)

// Accounts are the service accounts that a team's jobs run under.
type Accounts struct {
	JobManager, TaskManager string // made by EMR's operator, which derives them from account and role
	Own                     string // the team's own, for the open-source operator
	// Charts is what Apache's chart makes in each namespace it watches, with the Role
	// that a JobManager needs: what a manifest names that was written for that operator
	// (https://github.com/apache/flink-kubernetes-operator/blob/main/helm/flink-kubernetes-operator/values.yaml, jobServiceAccount).
	Charts string
}

// JobAccounts are those of a team whose jobs have that role, by name, in that
// account of AWS. Both may be placeholders but for the role's name.
func JobAccounts(t platform.Team, account, role string) Accounts {
	emr := func(kind string) string {
		return "emr-containers-sa-flink-" + kind + "-" + account + "-" + Base36(role)
	}
	return Accounts{JobManager: emr("jobmanager"), TaskManager: emr("taskmanager"), Own: FullName(t) + "-sa", Charts: "flink"}
}

// Base36 is a role's name as EMR puts it into the names of service accounts: its
// bytes as one number, in base 36
// (https://github.com/aws/aws-cli/blob/v2/awscli/customizations/emrcontainers/base36.py).
func Base36(role string) string { return new(big.Int).SetBytes([]byte(role)).Text(36) }
