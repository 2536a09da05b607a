//go:build e2e

package e2e

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/local/demo/continuity"
	"github.com/sluice-flink/sluice/local/sfn"
)

// releases are uploads of one job, one after the other: the later ones need the
// earlier ones.
func (i *installation) releases(t *testing.T) {
	lastState := i.manifest(t, "upgradeMode: savepoint", "upgradeMode: last-state")
	var first string
	inTurn(t, []step{
		{"the first version starts", func(t *testing.T) {
			want(t, i.drop(t, flink.ManifestFile, lastState), flink.Ignored, flink.NoJarYet, "")
			first = i.Upload(t, i.app.String()+"/counter-v1.jar", i.Jar(t, "counter-v1.jar"))
			want(t, i.record(t, i.app, first), flink.Succeeded, flink.Released, "starting empty")
		}},
		{"bad input leaves the running job alone and says what to do", i.badInput},
		{"the same event five times is one release", func(t *testing.T) { i.sameEvent(t, first) }},
		{"the good manifest again needs nothing", func(t *testing.T) {
			want(t, i.drop(t, flink.ManifestFile, lastState), flink.Succeeded, flink.AlreadyRunning, "")
		}},
		{"last-state goes on from the newest checkpoint", func(t *testing.T) {
			want(t, i.drop(t, "counter-v2.jar", i.Jar(t, "counter-v2.jar")), flink.Succeeded, flink.Released, "from chk-")
		}},
		{"last-state rolls a restart loop back", func(t *testing.T) {
			want(t, i.drop(t, "counter-v4.jar", i.Jar(t, "counter-v4-restart-loop.jar")), flink.FailedClean, flink.RolledBack, "from chk-")
		}},
		{"last-state rolls a version back that cannot restore", func(t *testing.T) {
			want(t, i.drop(t, "counter-v3.jar", i.Jar(t, "counter-v3-unrestorable.jar")), flink.FailedClean, flink.RolledBack, "exact")
		}},
		{"a changed manifest alone is released, by savepoint now", func(t *testing.T) {
			want(t, i.drop(t, flink.ManifestFile, i.manifest(t)), flink.Succeeded, flink.Released, "from savepoint-")
		}},
		{"a release that dies is undone with its state", i.dies},
		{"every number was committed once", i.continuous},
		{"stateless starts empty", func(t *testing.T) {
			want(t, i.drop(t, flink.ManifestFile, i.manifest(t, "upgradeMode: savepoint", "upgradeMode: stateless")), flink.Succeeded, flink.Released, "starting empty")
		}},
	})
}

func want(t *testing.T, r ledger.Record, o flink.Outcome, why flink.Reason, says string) {
	t.Helper()
	if r.Outcome != o || r.Reason != why || !strings.Contains(r.Message, says) {
		t.Errorf("it ended %s, %s: %s; want %s, %s with %q", r.Outcome, r.Reason, r.Message, o, why, says)
	}
}

func (i *installation) badInput(t *testing.T) {
	half := i.Jar(t, "counter-v2.jar")
	cases := []struct {
		name, key string
		body      []byte
		app       flink.Application
		why       flink.Reason
		says      string
	}{
		{"half a jar", i.app.String() + "/half.jar", half[:len(half)/2], i.app, flink.JarInvalid, "upload it again"},
		{"no jar at all", i.app.String() + "/text.jar", []byte("this is no jar\n"), i.app, flink.JarInvalid, "upload the jar itself"},
		{"no entry class", i.app.String() + "/none.jar", i.Jar(t, "no-entry-class.jar"), i.app, flink.JarInvalid, "set spec.job.entryClass"},
		{"a malformed manifest", i.app.ManifestKey(), []byte("kind: ["), i.app, flink.ManifestInvalid, "line 1"},
		{"an unknown policy field", i.app.ManifestKey(), i.manifest(t, "bakeTime:", "bakeTimes:"), i.app, flink.ManifestInvalid, "did you mean bakeTime?"},
		{"another namespace than the prefix", i.app.ManifestKey(), i.manifest(t, "namespace: flink-team-a-ns", "namespace: flink-team-b-ns"), i.app, flink.ManifestInvalid, "remove it or write namespace: flink-team-a-ns"},
		{"a field that the cluster does not know", i.app.ManifestKey(), i.manifest(t, "  serviceAccount:", "  nonsense: 1\n  serviceAccount:"), i.app, flink.ManifestInvalid, "spec.nonsense"},
		{"no manifest", "flink-team-a-ns/other/counter-v1.jar", half, flink.Application{Namespace: "flink-team-a-ns", Name: "other"}, flink.ManifestInvalid, "upload the FlinkDeployment there"},
		{"a key outside the layout", "counter-v1.jar", half, ledger.NoApplication, flink.KeyOutsideLayout, "upload to <namespace>/<application>/"},
	}
	before := i.look(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			want(t, i.record(t, c.app, i.Upload(t, c.key, c.body)), flink.FailedClean, c.why, c.says)
			if after := i.look(t); after != before {
				t.Errorf("the running job was touched: %+v became %+v", before, after)
			}
		})
	}
}

func (i *installation) sameEvent(t *testing.T, version string) {
	records := func() int {
		ids, err := i.Ledger.Records(t.Context(), i.app, 1000)
		must(t, err)
		return len(ids)
	}
	executions := func() int {
		all, err := i.Plane.Executions().List(i.Where.Machine, "") // what recovers looks on its own
		must(t, err)
		return len(slices.DeleteFunc(all, func(e sfn.Execution) bool { return !bytes.Contains(e.Input, []byte(version)) }))
	}
	before, known, ran := i.look(t), records(), executions()
	for range 5 {
		must(t, i.Where.Send(t.Context(), i.event(i.app.String()+"/counter-v1.jar", version)))
	}
	for range 40 { // until all five were looked at
		if executions() >= ran+5 {
			break
		}
		time.Sleep(250 * time.Millisecond)
	}
	if got := executions() - ran; got != 5 {
		t.Errorf("%d executions for five events", got)
	}
	if after := i.look(t); after != before || records() != known {
		t.Errorf("%+v became %+v, %d records %d", before, after, known, records())
	}
}

// gap is how long one in the committed output may take to close.
var gap = continuity.Patience{Within: 20 * time.Second, Every: time.Second}

func (i *installation) continuous(t *testing.T) {
	r, err := continuity.Read(t.Context(), continuity.Bucket{Client: i.Objects, Name: i.Where.Data, Prefix: i.app.String() + "/output/"},
		gap)
	must(t, err)
	if !r.Whole() {
		t.Errorf("%v", r.Faults())
	}
	for _, s := range r.Stretches {
		t.Log(s)
	}
}
