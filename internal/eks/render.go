package eks

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"strconv"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Situation is what rendering depends on besides what is desired.
type Situation struct {
	Operator Operator
	Exists   bool  // the FlinkDeployment is there and is changed in place
	Nonce    int64 // savepointRedeployNonce that is to be written; 0: none
}

// Rendered is a FlinkDeployment as it is written, and what of the user's
// manifest had to be translated or left out for it, a sentence each.
type Rendered struct {
	Object map[string]any
	Notes  []string
}

// Configuration keys of the operator that Sluice sets: rollback has one owner,
// and which state is restored is never left to a fallback nobody asked for.
const (
	operatorRollback = "kubernetes.operator.deployment.rollback.enabled"
	savepointCleanup = "kubernetes.operator.savepoint.cleanup.enabled"
	silentFallback   = "kubernetes.operator.job.upgrade.last-state-fallback.enabled"
)

// Render makes the FlinkDeployment of what is desired. It is pure; the manifest
// is not changed. What cannot be delivered is Invalid, by name.
func Render(d flink.Desired, s Situation) (Rendered, error) {
	object, err := decoded(d.Revision.Manifest)
	if err != nil {
		return Rendered{}, err
	}
	r := &rendering{object: object, spec: child(object, "spec"), desired: d, situation: s}
	r.job, r.conf = child(r.spec, "job"), child(r.spec, "flinkConfiguration")
	r.metadata()
	r.runState()
	r.operatorSettings()
	r.webPage()
	if s.Operator == Apache {
		r.translateEMR()
	}
	if err := r.deliver(); err != nil {
		return Rendered{}, err
	}
	return Rendered{Object: r.object, Notes: r.notes}, nil
}

// rendering is one manifest on its way.
type rendering struct {
	object, spec, job, conf map[string]any
	desired                 flink.Desired
	situation               Situation
	notes                   []string
}

func (r *rendering) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// decoded copies the manifest deeply, so that rendering changes nobody's.
func decoded(manifest map[string]any) (map[string]any, error) {
	const op = "render the FlinkDeployment"
	text, err := json.Marshal(manifest)
	if err != nil {
		return nil, &flink.Error{Code: flink.Internal, Op: op, Err: err}
	}
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil {
		return nil, &flink.Error{Code: flink.Internal, Op: op, Err: err}
	}
	if object["kind"] != "FlinkDeployment" {
		return nil, flink.Errorf(flink.Invalid, op, "the manifest is a %v, and only a FlinkDeployment can be released here", object["kind"])
	}
	return object, nil
}

// child is the mapping below a key, made where there is none.
func child(parent map[string]any, key string) map[string]any {
	if m, ok := parent[key].(map[string]any); ok {
		return m
	}
	m := map[string]any{}
	parent[key] = m
	return m
}

func (r *rendering) metadata() {
	d, m := r.desired, child(r.object, "metadata")
	m["name"], m["namespace"] = d.Application.Name, d.Application.Namespace
	maps.Copy(child(m, "annotations"), map[string]any{
		releaseAnnotation:  d.Release,
		stepAnnotation:     d.Step,
		revisionAnnotation: d.Revision.ID,
		fenceAnnotation:    strconv.FormatInt(d.Fence, 10),
	})
	if labels := child(m, "labels"); labels[managedByLabel] == nil {
		labels[managedByLabel] = FieldManager
	}
}

// runState says how the operator gets from what runs to what is desired. An
// initialSavepointPath is read at the first deployment and with a changed
// redeploy nonce, never else; a change of its own restarts nothing.
func (r *rendering) runState() {
	d := r.desired
	r.job["state"], r.job["upgradeMode"] = string(d.Run), "savepoint"
	delete(r.job, "initialSavepointPath")
	if r.situation.Nonce > 0 {
		r.job["savepointRedeployNonce"] = r.situation.Nonce
	}
	if d.Run == flink.Suspended {
		if d.Restore.Kind == flink.RestoreLatest {
			r.job["upgradeMode"] = "last-state"
		}
		return
	}
	switch d.Restore.Kind {
	case flink.RestoreNothing:
		if r.situation.Exists { // a new one starts empty anyway, and stateless would stay its mode
			r.job["upgradeMode"] = "stateless"
			r.restart()
		}
	case flink.RestoreLatest:
		r.job["upgradeMode"] = "last-state"
		r.restart()
	case flink.RestoreSnapshot:
		r.job["initialSavepointPath"] = d.Restore.Path
	}
}

// restart asks for a restart whatever else has changed: to the operator a change
// of the upgrade mode or of its own settings alone is none.
func (r *rendering) restart() {
	h := fnv.New32a()
	_, _ = h.Write([]byte(r.desired.Release + "/" + r.desired.Step))
	r.spec["restartNonce"] = int64(h.Sum32())
}

// insteadOfLastState are settings that make the operator take a savepoint, or
// cancel the job and with it the record, where last-state is asked for.
var insteadOfLastState = []string{
	"kubernetes.operator.job.upgrade.last-state.max.allowed.checkpoint.age",
	"kubernetes.operator.job.upgrade.last-state.job-cancel.enabled", // from operator 1.10
}

// lastStateAsAsked has the high-availability record kept and used, and nothing else.
func (r *rendering) lastStateAsAsked() {
	if r.desired.Restore.Kind != flink.RestoreLatest {
		return
	}
	for _, key := range insteadOfLastState {
		if value := r.conf[key]; value != nil && value != "false" {
			delete(r.conf, key)
			r.note("%s is left out for this step: with it the operator would not use the job's high-availability record", key)
		}
	}
}

func (r *rendering) operatorSettings() {
	r.conf[operatorRollback] = "false"
	if r.conf[savepointCleanup] == "true" {
		r.note("%s is switched off: the operator would delete savepoints that a rollback may need", savepointCleanup)
	}
	r.conf[savepointCleanup] = "false"
	r.lastStateAsAsked()
	if r.desired.Run == flink.Running && r.desired.Restore.Kind == flink.RestoreLatest {
		// The operator takes the last state of a job that does not run by way of its fallback alone.
		if r.conf[silentFallback] == "false" {
			r.note("%s is switched on for this step: without it the operator would not restore the newest checkpoint of a job that does not run", silentFallback)
		}
		r.conf[silentFallback] = "true"
		return
	}
	if r.conf[silentFallback] == nil {
		r.conf[silentFallback] = "false"
	}
}
