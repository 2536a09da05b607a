package manifest

import (
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

// An installation tells one value for all teams; each may use its own role alone.
func TestAValueThatNamesTheNamespaceIsTheTeamsOwn(t *testing.T) {
	given := map[string]string{"JOB_EXECUTION_ROLE_ARN": "arn:aws:iam::1:role/sluice-job-${NAMESPACE}"}
	for namespace, want := range map[string]string{"team-a": "arn:aws:iam::1:role/sluice-job-team-a", "team-b": "arn:aws:iam::1:role/sluice-job-team-b"} {
		app := flink.Application{Namespace: namespace, Name: "fraud"}
		if got := valuesFor(app, given)[rolePlaceholder]; got != want {
			t.Errorf("%s runs under %s, want %s", namespace, got, want)
		}
		if all, err := foundation(app, given, nil); err != nil || len(all.settings.allow.ExecutionRoles) != 1 || all.settings.allow.ExecutionRoles[0] != want {
			t.Errorf("%s may use %v (%v)", namespace, all.settings.allow.ExecutionRoles, err)
		}
	}
}
