//go:build e2e

package e2e

import (
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

// standalone is a job whose TaskManagers the operator makes, and whose jar is
// delivered in another way: through the job's arguments.
func (i *installation) standalone(t *testing.T) {
	manifest := i.manifest(t, "  image: flink:1.20\n", "  image: flink:1.20\n  mode: standalone\n")
	inTurn(t, []step{
		{"the first version starts", func(t *testing.T) {
			want(t, i.drop(t, flink.ManifestFile, manifest), flink.Ignored, flink.NoJarYet, "")
			want(t, i.drop(t, "counter-v1.jar", i.Jar(t, "counter-v1.jar")), flink.Succeeded, flink.Released, "starting empty")
		}},
		{"an upgrade goes on from its savepoint", func(t *testing.T) {
			want(t, i.drop(t, "counter-v2.jar", i.Jar(t, "counter-v2.jar")), flink.Succeeded, flink.Released, "from savepoint-")
		}},
		{"a version that cannot restore is rolled back", func(t *testing.T) {
			want(t, i.drop(t, "counter-v3.jar", i.Jar(t, "counter-v3-unrestorable.jar")), flink.FailedClean, flink.RolledBack, "exact")
		}},
		{"every number was committed once", i.continuous},
	})
}
