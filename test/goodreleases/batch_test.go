//go:build e2e

package goodreleases

import (
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

// once is the counter over so many numbers that it ends by itself, in batch mode.
var once = flink.Application{Namespace: counter.Namespace, Name: "once"}

// batchEnds releases two batch jobs, one after the other: each is healthy when
// it has finished, long before its bake time has passed.
func (i *installation) batchEnds(t *testing.T) {
	manifest := i.Manifest(t, "name: counter\n", "name: once\n", counter.String()+"/", once.String()+"/", "bakeTime: 15s", "bakeTime: 1h",
		"upgradeMode: savepoint", "upgradeMode: stateless", `--rate, "50"`, `--rate, "50", --numbers, "1000"`,
		`managed.fraction: "0.0"`, `managed.fraction: "0.2"`, // batch mode sorts by key in managed memory
		"  flinkConfiguration:\n", "  flinkConfiguration:\n    execution.runtime-mode: BATCH\n")
	want(t, i.recordOf(t, once, i.Upload(t, once.ManifestKey(), manifest)), flink.Ignored)
	for _, jar := range []string{"counter-v1.jar", "counter-v2.jar"} {
		r := i.recordOf(t, once, i.Upload(t, once.String()+"/"+jar, i.Jar(t, jar)))
		want(t, r, flink.Succeeded)
		if r.Verdict == nil || r.Verdict.Check != flink.Finished || !strings.Contains(r.Message, "has finished") {
			t.Errorf("%+v: %s", r.Verdict, r.Message)
		}
	}
}
