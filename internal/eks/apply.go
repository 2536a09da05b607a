package eks

import (
	"context"
	"encoding/json"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/sluice-flink/sluice/internal/flink"
)

// action is what Apply does next.
type action string

const (
	leaveAsIs action = "LeaveAsIs" // this release and step wrote it already
	create    action = "Create"
	inPlace   action = "InPlace"
	replace   action = "Replace"   // delete, wait, create: the one way to a chosen state without the redeploy nonce
	awaitGone action = "AwaitGone" // it is being deleted: wait, then create
	adopt     action = "Adopt"     // somebody else made it: take it over as it is
	rescale   action = "Rescale"   // the running job gets another parallelism and goes on
	settle    action = "Settle"    // an adoption is half done: make its fields over
)

// Apply implements flink.Target. Each round reads, decides and acts; a Replace
// that died after the delete is taken up where nothing exists any more.
func (t *Target) Apply(ctx context.Context, d flink.Desired) error {
	op := "apply " + d.Application.String()
	if d.DryRun {
		return t.dryRun(ctx, d)
	}
	if err := t.raiseFence(ctx, d.Application, d.Fence); err != nil {
		return err
	}
	has := t.capabilities(ctx)
	for range races {
		seen, err := t.get(ctx, d.Application)
		if err != nil {
			return kubeError(op, err)
		}
		next, err := decide(op, seen, d, has)
		if err != nil {
			return err
		}
		done, err := t.act(ctx, op, next, seen, d, has.nonce)
		if err != nil && !t.onlyStatusChanged(ctx, seen, err) {
			return err
		}
		if done && err == nil {
			return nil
		}
	}
	return flink.Errorf(flink.Conflict, op, "the resource changed %d times in between", races)
}

// dryRun has the API server validate and admit what Apply would write.
func (t *Target) dryRun(ctx context.Context, d flink.Desired) error {
	op := "try to apply " + d.Application.String()
	seen, err := t.get(ctx, d.Application)
	if err != nil {
		return kubeError(op, err)
	}
	if d.Adopt {
		return t.dryAdoption(ctx, op, seen, d)
	}
	if seen != nil && seen.specFacts().Release == "" {
		return notOurs(op)
	}
	if d.InPlace && seen != nil {
		return t.dryScaling(ctx, op, seen, d)
	}
	return t.write(ctx, op, seen, d, 0)
}

// decide is pure: seen is nil when nothing exists.
func decide(op string, seen *resource, d flink.Desired, has capabilities) (action, error) {
	fromNothing := d.Run == flink.Running && (d.Restore.Kind == flink.RestoreNothing || d.Restore.Kind == flink.RestoreSnapshot)
	if d.Restore.Kind == flink.RestoreSnapshot && d.Restore.Path == "" {
		return "", flink.Errorf(flink.Internal, op, "a snapshot is to be restored and none is named")
	}
	if seen == nil {
		if d.Adopt {
			return "", nothingToAdopt(op)
		}
		if !fromNothing {
			return "", flink.Errorf(flink.NotFound, op, "the FlinkDeployment does not exist, and with it what it held is gone")
		}
		return create, nil
	}
	facts := seen.specFacts()
	switch {
	case seen.fence() > d.Fence:
		return "", passed(op, d.Fence, seen.fence())
	case facts.Deleting && fromNothing && !d.Adopt:
		return awaitGone, nil
	case facts.Deleting:
		return "", flink.Errorf(flink.Refused, op, "somebody is deleting the FlinkDeployment")
	case d.Adopt:
		return decideAdoption(op, seen, d)
	case facts.Release == "":
		return "", notOurs(op)
	case !seen.settled():
		return settle, nil
	case facts.Release == d.Release && facts.Step == d.Step:
		return leaveAsIs, nil
	case d.InPlace:
		return decideScaling(op, seen, d, has)
	case d.Run == flink.Running && d.Restore.Kind == flink.RestoreSnapshot && !has.nonce:
		return replace, nil
	}
	return inPlace, nil
}

func notOurs(op string) error {
	return flink.Errorf(flink.Refused, op, "the FlinkDeployment was not made by Sluice: adopt it as it runs (sluice adopt), delete it first (its savepoints stay), or use another name")
}

// act carries out one action; done tells whether the desired state is written.
func (t *Target) act(ctx context.Context, op string, next action, seen *resource, d flink.Desired, nonce bool) (done bool, err error) {
	switch next {
	case leaveAsIs:
		return true, nil
	case create:
		if err := t.waitForLeftovers(ctx, op, d.Application); err != nil {
			return false, err
		}
		return true, t.write(ctx, op, nil, d, 0)
	case replace:
		if err := t.delete(ctx, op, d.Application, seen, d.Fence); err != nil {
			return false, err
		}
		return false, t.waitUntilGone(ctx, op, d.Application, seen.GetUID())
	case awaitGone:
		return false, t.waitUntilGone(ctx, op, d.Application, seen.GetUID())
	case rescale:
		return true, t.scale(ctx, op, seen, d)
	case adopt:
		return false, t.adopt(ctx, op, seen, d)
	case settle:
		return false, t.settle(ctx, op, d.Application, seen, d.Fence)
	}
	return true, t.write(ctx, op, seen, d, nextNonce(seen, d, nonce))
}

// nextNonce keeps the redeploy nonce that is there, and raises it to have a
// chosen snapshot restored in place.
func nextNonce(seen *resource, d flink.Desired, nonce bool) int64 {
	current := number(mapping(mapping(seen.Object, "spec"), "job")["savepointRedeployNonce"])
	if nonce && d.Run == flink.Running && d.Restore.Kind == flink.RestoreSnapshot {
		return current + 1
	}
	return current
}

// mustNotExist is the version that no object has: the API server creates under
// it, and refuses to change what is there (Store.Update of the generic registry;
// the tests hold it). A plain create would leave Sluice an updater of its own
// fields, which the next server-side apply would conflict with.
const mustNotExist = "0"

// write is one server-side apply, on the version that was seen, never forced:
// a field that somebody else owns is theirs.
func (t *Target) write(ctx context.Context, op string, seen *resource, d flink.Desired, nonce int64) error {
	rendered, err := Render(d, t.situation(seen, nonce))
	if err != nil {
		return err
	}
	return t.send(ctx, op, seen, d, rendered.Object)
}

func (t *Target) situation(seen *resource, nonce int64) Situation {
	return Situation{Operator: t.operator, Exists: seen != nil, Nonce: nonce}
}

func (t *Target) send(ctx context.Context, op string, seen *resource, d flink.Desired, object map[string]any) error {
	version := mustNotExist
	if seen != nil {
		version = seen.GetResourceVersion()
	}
	child(object, "metadata")["resourceVersion"] = version
	body, err := json.Marshal(object)
	if err != nil {
		return &flink.Error{Code: flink.Internal, Op: op, Err: err}
	}
	_, err = t.kube.Resource(deployments).Namespace(d.Application.Namespace).
		Patch(ctx, d.Application.Name, types.ApplyPatchType, body, patchOptions(d))
	if seen == nil && kerrors.IsConflict(err) { // over fields of what is there now
		return flink.Errorf(flink.Conflict, op, "somebody else created it first: %w", err)
	}
	return kubeError(op, err)
}

func patchOptions(d flink.Desired) metav1.PatchOptions {
	o := metav1.PatchOptions{FieldManager: FieldManager}
	if d.DryRun {
		o.DryRun = []string{metav1.DryRunAll}
	}
	return o
}

// onlyStatusChanged tells whether a conflict is worth another round: the
// operator writes the status all the time, and that alone makes a new version.
// What somebody created meanwhile is looked at: it may be this step's own.
func (t *Target) onlyStatusChanged(ctx context.Context, seen *resource, err error) bool {
	if flink.CodeOf(err) != flink.Conflict {
		return false
	}
	if seen == nil {
		return true
	}
	now, readErr := t.get(ctx, flink.Application{Namespace: seen.GetNamespace(), Name: seen.GetName()})
	return readErr == nil && now != nil && now.GetUID() == seen.GetUID() && sameDemand(now, seen)
}

// sameDemand: the annotations say who asked last; the generation may still move
// once, when the operator fills in its defaults.
func sameDemand(a, b *resource) bool {
	x, y := a.specFacts(), b.specFacts()
	return x.Release == y.Release && x.Step == y.Step && x.Run == y.Run && x.JarURI == y.JarURI && x.Deleting == y.Deleting
}
