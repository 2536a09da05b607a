package eks

import (
	"encoding/json"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sluice-flink/sluice/internal/flink"
)

// resource is a FlinkDeployment as the API server gives it.
type resource struct{ *unstructured.Unstructured }

func (r resource) specFacts() flink.SpecFacts {
	spec, a := mapping(r.Object, "spec"), r.GetAnnotations()
	run := flink.RunState(text(mapping(spec, "job"), "state"))
	if run == "" {
		run = flink.Running // the CRD's default
	}
	facts := flink.SpecFacts{
		UID: string(r.GetUID()), Generation: r.GetGeneration(), Run: run, JarURI: delivered(spec),
		Release: a[releaseAnnotation], Step: a[stepAnnotation], Revision: a[revisionAnnotation],
		Deleting: r.GetDeletionTimestamp() != nil, InitialSavepoint: text(mapping(spec, "job"), "initialSavepointPath"),
	}
	if k, kept := r.keeper(); kept {
		facts.Owner = k.Name
	}
	if r.foreign() {
		facts.Manifest = r.manifest()
	}
	return facts
}

func (r resource) statusFacts() flink.StatusFacts {
	status := mapping(r.Object, "status")
	job, reconciliation := mapping(status, "jobStatus"), mapping(status, "reconciliationStatus")
	facts := flink.StatusFacts{
		ObservedGeneration: observedGeneration(status),
		Reconciliation:     text(reconciliation, "state"),
		Lifecycle:          text(status, "lifecycleState"),
		JobManager:         text(status, "jobManagerDeploymentStatus"),
		JobState:           text(job, "state"),
		Error:              operatorError(text(status, "error")),
	}
	facts.Savepoint, facts.SavepointTrigger = lastSavepoint(job, moment(reconciliation["reconciliationTimestamp"]))
	return facts
}

// observedGeneration is the generation that the operator acted on. Operators
// before 1.8 or so have no status.observedGeneration and keep it inside the
// copy of the spec that they reconciled last.
func observedGeneration(status map[string]any) int64 {
	if g := number(status["observedGeneration"]); g > 0 {
		return g
	}
	var last struct {
		Resource struct {
			Metadata struct {
				Generation int64 `json:"generation"`
			} `json:"metadata"`
		} `json:"resource_metadata"`
	}
	copied := text(mapping(status, "reconciliationStatus"), "lastReconciledSpec")
	if json.Unmarshal([]byte(copied), &last) != nil {
		return 0
	}
	return last.Resource.Metadata.Generation
}

// LastSavepoint is where the savepoint lies that the operator would resume a job
// from, by the status of its FlinkDeployment or FlinkSessionJob; "" if it names none.
func LastSavepoint(o *unstructured.Unstructured) string {
	status := mapping(o.Object, "status")
	s, _ := lastSavepoint(mapping(status, "jobStatus"), moment(mapping(status, "reconciliationStatus")["reconciliationTimestamp"]))
	return s.Path
}

// lastSavepoint is the savepoint that the operator would resume from. Operators
// from 1.9 on keep it as upgradeSavepointPath, and lastSavepoint beside it may
// be older; that one has no time, so the reconciliation's is taken.
func lastSavepoint(job map[string]any, reconciled time.Time) (flink.Snapshot, string) {
	last := mapping(mapping(job, "savepointInfo"), "lastSavepoint")
	s := flink.Snapshot{Path: text(last, "location"), Taken: moment(last["timeStamp"])}
	trigger := text(last, "triggerType")
	if path := text(job, "upgradeSavepointPath"); isSavepoint(path) && !flink.SamePath(path, s.Path) {
		return flink.Snapshot{Path: path, Taken: reconciled}, upgradeTrigger
	}
	if trigger == unknownTrigger {
		return savepointBefore(job, s)
	}
	return s, trigger
}

// isSavepoint tells a savepoint from what else the operator puts into
// upgradeSavepointPath: a word for "by the high-availability record", and, once a
// job has ended, the newest checkpoint it sees. Flink names the directories of
// checkpoints chk-<id>.
func isSavepoint(path string) bool {
	last := path[strings.LastIndexByte(strings.TrimRight(path, "/"), '/')+1:]
	return path != "" && path != "KUBERNETES_OPERATOR_LAST_STATE" && !strings.HasPrefix(last, "chk-")
}

// upgradeTrigger marks a savepoint that a job was stopped with.
const upgradeTrigger = "UPGRADE"

// unknownTrigger marks a lastSavepoint that may be none: once a job has ended,
// the operator goes on asking its JobManager and takes the newest checkpoint it
// sees for the last savepoint (its observer makes no difference between the
// two). Seen on 1.7.0 within two seconds of a stop; that checkpoint is older
// than the stop's savepoint, and Flink may have deleted it.
const unknownTrigger = "UNKNOWN"

// savepointBefore finds the newest savepoint in the history that somebody asked for.
func savepointBefore(job map[string]any, last flink.Snapshot) (flink.Snapshot, string) {
	history, _ := mapping(job, "savepointInfo")["savepointHistory"].([]any)
	for i := len(history) - 1; i >= 0; i-- {
		entry, _ := history[i].(map[string]any)
		if trigger := text(entry, "triggerType"); trigger != unknownTrigger && trigger != "" {
			return flink.Snapshot{Path: text(entry, "location"), Taken: moment(entry["timeStamp"])}, trigger
		}
	}
	return last, unknownTrigger
}

// operatorError reduces the operator's error, a JSON document with a chain of
// exceptions, to one line: what happened innermost.
func operatorError(raw string) string {
	type throwable struct {
		Type     string         `json:"type"`
		Message  string         `json:"message"`
		Metadata map[string]any `json:"additionalMetadata"`
		Chain    []struct {
			Type    string `json:"type"`
			Message string `json:"message"`
		} `json:"throwableList"`
	}
	var e throwable
	if json.Unmarshal([]byte(raw), &e) != nil || e.Type == "" {
		return firstLine(raw)
	}
	class, message := e.Type, e.Message
	for _, inner := range e.Chain {
		if inner.Message != "" {
			class, message = inner.Type, inner.Message
		}
	}
	if reason, _ := e.Metadata["reason"].(string); message == "" {
		message = reason
	}
	return firstLine(simpleName(class) + ": " + withoutClasses(message))
}

// withoutClasses strips the exceptions that an outer one repeats in its message.
func withoutClasses(message string) string {
	for {
		class, rest, ok := strings.Cut(message, ": ")
		if !ok || strings.ContainsAny(class, " \n") || !strings.Contains(class, ".") {
			return message
		}
		message = rest
	}
}

func simpleName(class string) string { return class[strings.LastIndexByte(class, '.')+1:] }

// firstLine is a text's first line that is not blank, bounded to what a record can carry.
func firstLine(s string) string {
	const limit = 500
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	s = strings.TrimSpace(s)
	if runes := []rune(s); len(runes) > limit {
		s = string(runes[:limit-1]) + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// number reads a JSON number, however the client decoded it.
func number(v any) int64 {
	switch n := v.(type) {
	case int64:
		return n
	case float64:
		return int64(n)
	case int:
		return int64(n)
	}
	return 0
}

// lastMoment is the end of the year 9999, in milliseconds: the last moment that
// time.Time can write as JSON.
const lastMoment = 253402300799999

// moment reads milliseconds since 1970; what is none of the next eight thousand
// years is no time.
func moment(v any) time.Time {
	if ms := number(v); ms > 0 && ms <= lastMoment {
		return time.UnixMilli(ms).UTC()
	}
	return time.Time{}
}
