package real

import (
	"context"
	"fmt"
	"time"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/sluice-flink/sluice/test/bench/figures"
)

// operatorsRollback switches the operator's own rollback on. The timeout is the
// shortest that a JobManager and its TaskManager start within on a busy machine.
var operatorsRollback = map[string]string{
	"kubernetes.operator.deployment.rollback.enabled":  "true",
	"kubernetes.operator.deployment.readiness.timeout": "30 s",
}

// LastState measures one upgrade by apply from the newest checkpoint: there the
// old JobManager is killed and its successor waits for its lease.
func (b *Bench) LastState(ctx context.Context) (*Pending, error) {
	p, err := b.byApply(ctx, figures.LastState, b.next(theirs), map[string]string{upgradeMode: "last-state"})
	if err == nil {
		p.Stopped = time.Time{} // it did not end, it was killed
	}
	return p, err
}

// Arm applies the version that runs once more, with the operator's rollback
// switched on: only what is deployed with it is brought back by it.
func (b *Bench) Arm(ctx context.Context) error {
	asked := time.Now()
	if err := b.apply(ctx, b.next(theirs), operatorsRollback); err != nil {
		return err
	}
	if _, err := b.awaitRunning(ctx, theirs, asked); err != nil {
		return err
	}
	_, err := b.awaitStable(ctx, theirs)
	return err
}

// RollBack measures how long a version that cannot be restored keeps the good
// one away. The operator's rollback has to have been armed.
func (b *Bench) RollBack(ctx context.Context, way figures.Way) (*Pending, error) {
	if way == figures.Sluice {
		return b.fail(ctx, figures.Unrestorable, unrestorable)
	}
	good := b.version[theirs]
	c := b.begin(figures.Kubectl, figures.Unrestorable)
	w := b.witness(ctx, theirs)
	if err := b.apply(ctx, unrestorable, operatorsRollback); err != nil {
		return nil, err
	}
	err := b.awaitLifecycle(ctx, "ROLLED_BACK")
	c.Stopped = w.end()
	if err != nil {
		return nil, err
	}
	run, err := b.awaitRunning(ctx, theirs, c.Asked)
	if err != nil {
		return nil, err
	}
	c.Started, c.Running, c.Ended = run.started, run.all, "ROLLED_BACK"
	return &Pending{Change: c}, b.takeBack(ctx, good)
}

// takeBack makes the resource name what runs after the operator's rollback,
// which leaves the failed version in it.
func (b *Bench) takeBack(ctx context.Context, good string) error {
	if err := b.apply(ctx, good, operatorsRollback); err != nil {
		return err
	}
	_, err := b.awaitStable(ctx, theirs)
	return err
}

func (b *Bench) awaitLifecycle(ctx context.Context, want string) error {
	return await(ctx, calm, "the operator says "+want, func(ctx context.Context) (bool, error) {
		s, err := b.resource(ctx, theirs)
		return s.Lifecycle == want, err
	})
}

// Loop measures what becomes of a version that fails again and again. The
// operator's rollback does not see it: it is given patience, and what is said
// at its end is kept. After that the application has to be renewed.
func (b *Bench) Loop(ctx context.Context, way figures.Way, patience time.Duration) (*Pending, error) {
	if way == figures.Sluice {
		return b.fail(ctx, figures.RestartLoop, restartLoop)
	}
	c := b.begin(figures.Kubectl, figures.RestartLoop)
	if err := b.apply(ctx, restartLoop, operatorsRollback); err != nil {
		return nil, err
	}
	run, err := b.awaitRunning(ctx, theirs, c.Asked)
	if err != nil {
		return nil, err
	}
	c.Started = run.started
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-time.After(patience):
	}
	s, err := b.resource(ctx, theirs)
	c.Settled, c.Ended = time.Now().UTC(), fmt.Sprintf("%s, reconciliation %s", s.Lifecycle, s.Reconciliation.State)
	return &Pending{Change: c}, err
}

// Renew deletes the application that is not Sluice's and starts it anew, empty.
func (b *Bench) Renew(ctx context.Context) error {
	all := b.kube.Resource(deployments).Namespace(theirs.Namespace)
	if err := all.Delete(ctx, theirs.Name, metav1.DeleteOptions{}); err != nil {
		return err
	}
	if err := await(ctx, often, theirs.Name+" is gone", func(ctx context.Context) (bool, error) {
		_, err := all.Get(ctx, theirs.Name, metav1.GetOptions{})
		if kerrors.IsNotFound(err) {
			return true, nil
		}
		return false, err
	}); err != nil {
		return err
	}
	return b.startTheirs(ctx)
}
