package eks

import (
	"context"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Observe implements flink.Target. Flink is asked last, so that what it says is
// never older than what the operator says.
func (t *Target) Observe(ctx context.Context, app flink.Application) (flink.Observation, error) {
	op := "observe " + app.String()
	r, err := t.get(ctx, app)
	if err != nil {
		return flink.Observation{}, kubeError(op, err)
	}
	if r == nil {
		absent := flink.JobFacts{Unreachable: "there is no FlinkDeployment " + app.String(), Restarts: -1}
		return flink.Observation{At: t.now(), Traits: t.traitsFor(ctx, nil), Job: absent}, nil
	}
	o := flink.Observation{Exists: true, Spec: r.specFacts(), Status: r.statusFacts()}
	o.Traits = t.traitsFor(ctx, r)
	if o.Status.PodTrouble, err = t.podTrouble(ctx, app); err != nil {
		return flink.Observation{}, kubeError(op, err)
	}
	o.Status = t.stoppedWith(ctx, app, o)
	o.Record = t.recordFacts(ctx, app, r)
	o.Job = observeJob(ctx, t.flink(app))
	o.Record = withPath(o.Record, o.Job)
	o.At = t.now()
	return o, nil
}

// get reads the FlinkDeployment; nil when there is none.
func (t *Target) get(ctx context.Context, app flink.Application) (*resource, error) {
	o, err := t.kube.Resource(deployments).Namespace(app.Namespace).Get(ctx, app.Name, metav1.GetOptions{})
	switch {
	case err == nil:
		return &resource{o}, nil
	case kerrors.IsNotFound(err):
		if code, _ := classify(err); code == flink.NotFound {
			return nil, nil
		}
	}
	return nil, err
}

// podTrouble looks at the application's pods. Pods that cannot be read for now
// tell nothing; a Role that hides them has to be mended by a person.
func (t *Target) podTrouble(ctx context.Context, app flink.Application) (string, error) {
	list, err := t.kube.Resource(pods).Namespace(app.Namespace).List(ctx, metav1.ListOptions{LabelSelector: flinkLabels(app)})
	if kerrors.IsForbidden(err) {
		return "", err
	}
	if err != nil {
		return "", nil
	}
	return podTrouble(list.Items, t.now()), nil
}

// flinkLabels select what Flink and the operator made for an application, in
// native and in standalone mode.
func flinkLabels(app flink.Application) string {
	return "app=" + app.Name + ",type in (flink-native-kubernetes,flink-standalone-kubernetes)"
}
