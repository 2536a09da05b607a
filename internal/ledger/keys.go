package ledger

import (
	"path"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Prefixes of the ledger bucket. infra grants by them.
const (
	DocumentPrefix = "ledger/"
	RecordPrefix   = "releases/"
	RevisionPrefix = "revisions/"
	JarPrefix      = "jars/"
	IncidentPrefix = "incidents/"

	RotationPrefix = "rotations/" // what became of rotations, and the lists of what was due
	SnapshotPrefix = "snapshots/" // checksums of snapshots' files
)

// NoApplication stands in records of events whose key names no application.
var NoApplication = flink.Application{Namespace: "_unassigned", Name: "_unassigned"}

func documentKey(a flink.Application) string  { return DocumentPrefix + a.String() + ".json" }
func recordPrefix(a flink.Application) string { return RecordPrefix + a.String() + "/" }
func revisionKey(a flink.Application, id string) string {
	return RevisionPrefix + a.String() + "/" + id + ".json"
}

// RecordKey is the key of a release's record.
func RecordKey(a flink.Application, id string) string { return recordPrefix(a) + id + ".json" }

// IncidentKey is the key of an incident's record.
func IncidentKey(a flink.Application, id string) string { return incidentPrefix(a) + id + ".json" }

func incidentPrefix(a flink.Application) string { return IncidentPrefix + a.String() + "/" }

// rotationKey is the key of a rotation's record.
func rotationKey(a flink.Application, id string) string {
	return RotationPrefix + a.String() + "/" + id + ".json"
}

// ListPrefix is below which the lists of what was due lie. No namespace begins
// with an underscore.
const ListPrefix = RotationPrefix + "_lists/"

// ListKey is the key of the list that was made of what was due.
func ListKey(id string) string { return ListPrefix + id + ".json" }

// TicksKey is the key of what says which of those lists are being worked off.
const TicksKey = ListPrefix + "_at-work.json"

// ChecksumsKey is the key of the checksums of a snapshot's files.
func ChecksumsKey(a flink.Application, snapshot string) string {
	return SnapshotPrefix + a.String() + "/" + snapshot + ".json"
}

// applicationOf reads a document's key backwards.
func applicationOf(key string) (flink.Application, bool) {
	namespace, file, ok := strings.Cut(strings.TrimPrefix(key, DocumentPrefix), "/")
	name, isJSON := strings.CutSuffix(file, ".json")
	return flink.Application{Namespace: namespace, Name: name}, ok && isJSON && !strings.Contains(name, "/")
}

// idOf reads a record's id out of its key.
func idOf(key string) string { return strings.TrimSuffix(path.Base(key), ".json") }
