package sim

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/jar/jartest"
	"github.com/sluice-flink/sluice/internal/manifest/manifesttest"
)

// app is the application that all of it is about.
var app = flink.Application{Namespace: "team-a", Name: "counter"}

// savepoints is where the model's operator keeps them.
var savepoints = "s3://model/" + app.String() + "/savepoints"

// noEntryClass is the one jar that Prepare rejects.
const noEntryClass = "no-entry-class"

// bad tells whether a jar must never be promoted. What fails only when state is
// restored may well be a good first version.
func bad(version string, restores bool) bool {
	switch version {
	case "restart-loop", "main-throws", "never-checkpoints", "refused", noEntryClass:
		return true
	case "fails-on-restore", "unmappable":
		return restores
	}
	return false
}

// body is what an upload writes.
func (e Event) body() []byte {
	if text, ok := manifests[e.Version]; ok {
		return []byte(strings.ReplaceAll(text, "s3://data/"+app.String()+"/savepoints", savepoints))
	}
	if e.Version == noEntryClass {
		return jartest.WithoutEntryClass(e.Key)
	}
	return jartest.Make(e.Key + " " + e.Version)
}

func (e Event) isJar() bool { return strings.HasSuffix(e.Key, ".jar") }

// manifests are what application.yaml can say, by the word in Event.Version.
var manifests = map[string]string{
	"plain":      manifesttest.With("upgradeMode: savepoint", ""),
	"other":      manifesttest.With("upgradeMode: savepoint, allowNonRestoredState: true", ""),
	"last-state": manifesttest.With("upgradeMode: last-state", ""),
	"stateless":  manifesttest.With("upgradeMode: stateless", ""),
	"before":     manifesttest.With("upgradeMode: savepoint", "  rollback: {restoreFrom: PreUpgrade}\n"),
	"manual":     manifesttest.With("upgradeMode: savepoint", "  rollback: {mode: Manual}\n"),
	"refuse":     manifesttest.With("upgradeMode: savepoint", "  rollback: {replay: Refuse}\n"),
	"approval":   manifesttest.With("upgradeMode: savepoint", "  approval: {required: true, expires: 1h}\n"),
	"window":     manifesttest.With("upgradeMode: savepoint", "  syncWindows: [{kind: deny, schedule: \"2 4 * * *\", duration: 20m, timeZone: UTC}]\n"),
	"broken":     "kind: FlinkDeployment\nspec: [",
}

// maxPerDay and keep are what the platform's policy says where it says anything.
const (
	maxPerDay = 3
	keep      = 2
)

// policy is the platform's; empty when it has none.
func (s Schedule) policy() string {
	if len(s.Repairs) == 0 && !s.Rotates {
		return ""
	}
	text := "apiVersion: sluice/v1alpha1\nkind: PlatformPolicy\nspec:\n  defaults:\n"
	if len(s.Repairs) > 0 {
		steps, _ := json.Marshal(s.Repairs) // YAML, too
		text += fmt.Sprintf("    remediation: {alarms: [\"%s-*\"], steps: %s, cooldown: 2m, maxPerDay: %d, scale: {maxParallelism: 8}}\n", app.Name, steps, maxPerDay)
	}
	if s.Rotates {
		text += fmt.Sprintf("    snapshots: {every: 5m, keep: %d, maxAge: 8m}\n", keep)
	}
	return text
}

// bakeTime is what those manifests ask for.
const bakeTime = 20 * time.Second
