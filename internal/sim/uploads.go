package sim

import (
	"archive/zip"
	"bytes"
	"strings"
	"sync"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
)

// app is the application that all of it is about.
var app = flink.Application{Namespace: "team-a", Name: "counter"}

// Behaviours are what a jar can be told to do, by the word in Event.Version.
var behaviours = map[string]targettest.Behaviour{
	"good":              {},
	"fails-on-restore":  {FailOnRestore: true},
	"unmappable":        {Unmappable: true},
	"restart-loop":      {RestartLoop: true},
	"main-throws":       {MainThrows: true},
	"never-checkpoints": {NeverCheckpoints: true},
	"refused":           {Refused: true},
}

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
		return []byte(text)
	}
	return jarOf(e.Key+" "+e.Version, e.Version != noEntryClass)
}

func (e Event) isJar() bool { return strings.HasSuffix(e.Key, ".jar") }

var jars sync.Map // by comment: making one costs more than a release

func jarOf(comment string, entryClass bool) []byte {
	if body, ok := jars.Load(comment); ok {
		return body.([]byte)
	}
	var buffer bytes.Buffer
	z := zip.NewWriter(&buffer)
	manifest := "Manifest-Version: 1.0\r\nComment: " + comment + "\r\n"
	if entryClass {
		manifest += "Main-Class: com.acme.Job\r\n"
	}
	entry(z, "META-INF/MANIFEST.MF", manifest+"\r\n")
	if entryClass {
		entry(z, "com/acme/Job.class", "\xca\xfe\xba\xbe\x00\x00\x00\x37\x00\x01"+strings.Repeat("\x00", 16)) // Java 11
	}
	_ = z.Close() // into memory: cannot fail
	jars.Store(comment, buffer.Bytes())
	return buffer.Bytes()
}

func entry(z *zip.Writer, name, body string) {
	f, _ := z.Create(name)
	_, _ = f.Write([]byte(body))
}

// manifests are what application.yaml can say, by the word in Event.Version.
var manifests = map[string]string{
	"plain":      manifestWith("upgradeMode: savepoint", ""),
	"other":      manifestWith("upgradeMode: savepoint, allowNonRestoredState: true", ""),
	"last-state": manifestWith("upgradeMode: last-state", ""),
	"stateless":  manifestWith("upgradeMode: stateless", ""),
	"before":     manifestWith("upgradeMode: savepoint", "  rollback: {restoreFrom: PreUpgrade}\n"),
	"manual":     manifestWith("upgradeMode: savepoint", "  rollback: {mode: Manual}\n"),
	"refuse":     manifestWith("upgradeMode: savepoint", "  rollback: {replay: Refuse}\n"),
	"approval":   manifestWith("upgradeMode: savepoint", "  approval: {required: true, expires: 1h}\n"),
	"window":     manifestWith("upgradeMode: savepoint", "  syncWindows: [{kind: deny, schedule: \"2 4 * * *\", duration: 20m, timeZone: UTC}]\n"),
	"broken":     "kind: FlinkDeployment\nspec: [",
}

// bakeTime is what those manifests ask for.
const bakeTime = 20 * time.Second

func manifestWith(job, policy string) string {
	return `apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: {name: counter}
spec:
  image: flink:1.20
  flinkVersion: v1_19
  serviceAccount: flink
  flinkConfiguration:
    state.savepoints.dir: s3://data/team-a/counter/savepoints
    state.checkpoints.dir: s3://data/team-a/counter/checkpoints
    high-availability.type: kubernetes
    high-availability.storageDir: s3://data/team-a/counter/ha
  jobManager: {resource: {memory: 1024m, cpu: 0.5}}
  taskManager: {resource: {memory: 1024m, cpu: 0.5}}
  job: {parallelism: 1, ` + job + `}
---
apiVersion: sluice/v1alpha1
kind: ReleasePolicy
spec:
  progressDeadline: 3m
  bakeTime: 20s
` + policy
}
