package real

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/sluice-flink/sluice/internal/eks"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/manifest"
)

var deployments = schema.GroupVersionResource{Group: "flink.apache.org", Version: "v1beta1", Resource: "flinkdeployments"}

// apply does what kubectl apply --server-side does with a manifest in which the
// jar was changed. The spec is the one that Sluice writes, but for what Sluice
// adds to steer a release; conf is put over its Flink configuration.
func (b *Bench) apply(ctx context.Context, version string, conf map[string]string) error {
	object, err := b.render(ctx, version, conf)
	if err != nil {
		return err
	}
	body, err := json.Marshal(object)
	if err != nil {
		return err
	}
	_, err = b.kube.Resource(deployments).Namespace(theirs.Namespace).
		Patch(ctx, theirs.Name, types.ApplyPatchType, body, metav1.PatchOptions{FieldManager: "kubectl"})
	if err == nil {
		b.version[theirs] = version
	}
	return err
}

func (b *Bench) render(ctx context.Context, version string, conf map[string]string) (map[string]any, error) {
	text, err := b.manifest(theirs)
	if err != nil {
		return nil, err
	}
	read, err := manifest.Parse(text, theirs, b.laptop.Where.Placeholders)
	if err != nil {
		return nil, err
	}
	placed, err := b.place(ctx, version)
	if err != nil {
		return nil, err
	}
	revision, err := flink.NewRevision(read.Resource, placed)
	if err != nil {
		return nil, err
	}
	rendered, err := eks.Render(flink.Desired{Application: theirs, Revision: revision, Run: flink.Running, Restore: flink.Restore{Kind: flink.RestoreNothing}}, eks.Situation{Operator: eks.Apache})
	if err != nil {
		return nil, err
	}
	meta, spec := rendered.Object["metadata"].(map[string]any), rendered.Object["spec"].(map[string]any)
	delete(meta, "annotations") // they are Sluice's, and so is the label
	delete(meta, "labels")
	settings := spec["flinkConfiguration"].(map[string]any)
	for _, key := range []string{"kubernetes.operator.deployment.rollback.enabled", "kubernetes.operator.savepoint.cleanup.enabled", flink.FallbackKey} {
		delete(settings, key) // whoever uses kubectl leaves these to the operator
	}
	for key, value := range conf {
		if key == upgradeMode {
			spec["job"].(map[string]any)["upgradeMode"] = value
			continue
		}
		settings[key] = value
	}
	return maps.Clone(rendered.Object), nil
}

// upgradeMode is not Flink's: apply puts it where the operator reads it.
const upgradeMode = "upgradeMode"

// resource reads a FlinkDeployment's status.
func (b *Bench) resource(ctx context.Context, app flink.Application) (status, error) {
	o, err := b.kube.Resource(deployments).Namespace(app.Namespace).Get(ctx, app.Name, metav1.GetOptions{})
	if err != nil {
		return status{}, err
	}
	return statusOf(o)
}

// status is what of the operator's word is looked at.
type status struct {
	Lifecycle  string `json:"lifecycleState"`
	JobManager string `json:"jobManagerDeploymentStatus"`
	Job        struct {
		State string `json:"state"`
	} `json:"jobStatus"`
	Reconciliation struct {
		State string `json:"state"`
	} `json:"reconciliationStatus"`
}

func statusOf(o *unstructured.Unstructured) (status, error) {
	var read struct{ Status status }
	text, err := o.MarshalJSON()
	if err == nil {
		err = json.Unmarshal(text, &read)
	}
	if err != nil {
		return status{}, fmt.Errorf("read the status of %s: %w", o.GetName(), err)
	}
	return read.Status, nil
}

// awaitStable waits until the operator calls the job stable and running.
func (b *Bench) awaitStable(ctx context.Context, app flink.Application) (at time.Time, err error) {
	err = await(ctx, calm, "the operator calls "+app.Name+" stable", func(ctx context.Context) (bool, error) {
		s, err := b.resource(ctx, app)
		return s.Lifecycle == "STABLE" && s.JobManager == "READY" && s.Job.State == "RUNNING", err
	})
	return time.Now(), err
}
