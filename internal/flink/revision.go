package flink

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// Revision is what runs: a manifest and a jar, immutable, named by content.
type Revision struct {
	ID       string         `json:"id"`       // first 12 hex digits of the SHA-256 of manifest and jar
	Manifest map[string]any `json:"manifest"` // the user's custom resource, placeholders filled in, as decoded JSON
	Jar      PinnedJar      `json:"jar"`
}

// PinnedJar is a jar under its content-addressed key.
type PinnedJar struct {
	Bucket     string `json:"bucket"`
	Key        string `json:"key"`        // jars/<sha256>.jar
	SHA256     string `json:"sha256"`     // hex
	File       string `json:"file"`       // name it was dropped under
	EntryClass string `json:"entryClass"` // from the manifest's job.entryClass or the jar's Main-Class
}

// URI is the jar's s3:// address.
func (j PinnedJar) URI() string { return "s3://" + j.Bucket + "/" + j.Key }

// JarKey is the content-addressed key of a jar.
func JarKey(sha256hex string) string { return "jars/" + sha256hex + ".jar" }

// NewRevision names a manifest and a jar by their content. The name under
// which the jar was dropped does not count.
func NewRevision(manifest map[string]any, jar PinnedJar) (Revision, error) {
	canonical, err := json.Marshal(manifest) // map keys are sorted
	if err != nil {
		return Revision{}, Errorf(Internal, "name the revision", "%w", err)
	}
	h := sha256.New()
	h.Write(canonical)
	h.Write([]byte{0})
	h.Write([]byte(jar.SHA256))
	return Revision{ID: hex.EncodeToString(h.Sum(nil))[:12], Manifest: manifest, Jar: jar}, nil
}

// UpgradeMode is how a job is brought from one version to the next; the values are the operator's.
type UpgradeMode string

// The upgrade modes.
const (
	ModeSavepoint UpgradeMode = "savepoint"  // stop with a savepoint, restore exactly that
	ModeLastState UpgradeMode = "last-state" // end the job, restore its newest checkpoint by the high-availability record
	ModeStateless UpgradeMode = "stateless"  // end the job, start empty
)

// UpgradeMode is what the manifest asks for.
func (r Revision) UpgradeMode() UpgradeMode {
	spec, _ := r.Manifest["spec"].(map[string]any)
	job, _ := spec["job"].(map[string]any)
	mode, _ := job["upgradeMode"].(string)
	return UpgradeMode(mode)
}

// configuration is the manifest's flinkConfiguration; nil when it has none.
func (r Revision) configuration() map[string]any {
	spec, _ := r.Manifest["spec"].(map[string]any)
	config, _ := spec["flinkConfiguration"].(map[string]any)
	return config
}

// FallbackKey is the operator's setting that lets a savepoint upgrade of a job
// that does not run well go on from its newest checkpoint.
const FallbackKey = "kubernetes.operator.job.upgrade.last-state-fallback.enabled"

// FallbackAllowed tells whether the manifest asks for that fallback.
func (r Revision) FallbackAllowed() bool {
	return r.configuration()[FallbackKey] == "true"
}

// runtimeModeKey is Flink's setting for bounded jobs.
const runtimeModeKey = "execution.runtime-mode"

// Batch tells whether the manifest declares a job that ends by itself when it
// has done its work. Flink's AUTOMATIC is no such declaration: what it comes to
// depends on the sources, which no manifest shows.
func (r Revision) Batch() bool {
	mode, _ := r.configuration()[runtimeModeKey].(string)
	return strings.EqualFold(strings.TrimSpace(mode), "BATCH") // Flink reads its enums in any case
}

// HighAvailability tells whether the manifest switches Flink's high availability
// on, by Flink's settings or by EMR's field. An operator's defaults may do so, too.
func (r Revision) HighAvailability() bool {
	spec, _ := r.Manifest["spec"].(map[string]any)
	jobManager, _ := spec["jobManager"].(map[string]any)
	on := jobManager["highAvailabilityEnabled"] == true
	for _, key := range []string{"high-availability.type", "high-availability"} { // the second is its older name
		kind, _ := r.configuration()[key].(string)
		on = on || kind != "" && !strings.EqualFold(kind, "NONE")
	}
	return on
}

// SavepointKeys are Flink's names for the default savepoint directory: since
// 1.20, and before.
var SavepointKeys = []string{"execution.checkpointing.savepoint-dir", "state.savepoints.dir"}

// SavepointDirectory is where the revision's job puts savepoints, without a
// trailing slash; empty when it does not say.
func (r Revision) SavepointDirectory() string { return r.directory(SavepointKeys) }

// RemovableBelow is the name of the directory below which Sluice may remove
// savepoints, at any depth: the functions' rights are no wider.
const RemovableBelow = "savepoints"

// MayRemoveBelow tells whether savepoints that lie below a directory may be removed.
func MayRemoveBelow(dir string) bool {
	_, rest, _ := strings.Cut(dir, "://")
	_, key, _ := strings.Cut(rest, "/") // a bucket of that name is no directory
	return slices.Contains(strings.Split(key, "/"), RemovableBelow)
}

func (r Revision) directory(keys []string) string {
	config := r.configuration()
	for _, key := range keys {
		if dir, _ := config[key].(string); dir != "" {
			return strings.TrimRight(dir, "/")
		}
	}
	return ""
}

// checkpointKeys are Flink's names for the checkpoint directory: since 1.20, and before.
var checkpointKeys = []string{"execution.checkpointing.dir", "state.checkpoints.dir"}

// CheckpointDirectory is where the revision's job keeps checkpoints, without a
// trailing slash; empty when its manifest does not say.
func (r Revision) CheckpointDirectory() string { return r.directory(checkpointKeys) }

// stateKeys are Flink's names for where a job keeps states: savepoints and checkpoints.
var stateKeys = slices.Concat(checkpointKeys, SavepointKeys)

// KeepsStateAt tells whether a path lies below a directory in which the
// revision's job keeps savepoints or checkpoints.
func (r Revision) KeepsStateAt(path string) bool {
	config := r.configuration()
	for _, key := range stateKeys {
		if dir, _ := config[key].(string); Below(path, dir) {
			return true
		}
	}
	return false
}
