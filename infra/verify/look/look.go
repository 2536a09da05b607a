package look

import (
	"context"
	"errors"
	"fmt"

	"github.com/sluice-flink/sluice/infra/account"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/verify"
)

// Sources are where a platform is looked at.
type Sources struct {
	Account account.Account
	// Cluster is how the API server is reached.
	Cluster *Cluster
	// NoCluster says why Cluster is nil.
	NoCluster string
}

// Platform looks at every part. Parts that could not be looked at say so.
func Platform(ctx context.Context, p platform.Platform, from Sources) verify.Observed {
	l := looker{platform: p, from: from, seen: verify.Observed{Unseen: map[verify.Part]string{}, Answers: map[verify.Question]bool{}}}
	resources := l.stacks(ctx)
	l.part(verify.Identities, func() error { return l.identities(ctx) })
	l.part(verify.EventPlane, func() error { return l.eventPlane(ctx, resources) })
	l.part(verify.Buckets, func() error { return l.buckets(ctx, resources) })
	l.cluster(ctx)
	return l.seen
}

// InCluster looks at the parts that the API server tells, and at no other.
func InCluster(ctx context.Context, p platform.Platform, c *Cluster) verify.Observed {
	l := looker{platform: p, from: Sources{Cluster: c}, seen: verify.Observed{Unseen: map[verify.Part]string{}, Answers: map[verify.Question]bool{}}}
	l.cluster(ctx)
	return l.seen
}

type looker struct {
	platform platform.Platform
	from     Sources
	seen     verify.Observed
}

func (l *looker) part(part verify.Part, look func() error) {
	if err := look(); err != nil {
		l.seen.Unseen[part] = err.Error()
	}
}

// stacks looks at all of them and lists what they hold, by stack.
func (l *looker) stacks(ctx context.Context) map[string][]account.Resource {
	resources := map[string][]account.Resource{}
	l.part(verify.Stacks, func() error {
		for _, name := range l.platform.Stacks() {
			stack, err := l.from.Account.Stack(ctx, name)
			if err != nil {
				return err
			}
			if stack == nil {
				continue
			}
			l.seen.Account = stack.Account()
			l.seen.Stacks = append(l.seen.Stacks, verify.Stack{Name: stack.Name, Status: stack.Status, Reason: stack.Reason})
			if resources[name], err = l.from.Account.Resources(ctx, name); err != nil {
				return err
			}
		}
		return nil
	})
	return resources
}

func (l *looker) identities(ctx context.Context) error {
	all, err := l.from.Account.Identities(ctx, l.platform.ClusterName())
	for _, one := range all {
		l.seen.Identities = append(l.seen.Identities, verify.Identity{Namespace: one.Namespace, Account: one.ServiceAccount})
	}
	return err
}

func (l *looker) eventPlane(ctx context.Context, resources map[string][]account.Resource) error {
	own := resources[l.platform.StackName(platform.EventPlanePart)]
	for _, kind := range []struct {
		of, kind string
		state    func(context.Context, string) (string, error)
	}{
		{account.RuleType, "rule", l.from.Account.Rule},
		{account.ScheduleType, "schedule", l.from.Account.Schedule},
		{account.MachineType, "state machine", l.from.Account.Machine},
	} {
		for _, r := range account.OfType(own, kind.of) {
			state, err := kind.state(ctx, r.ID)
			if err != nil {
				return err
			}
			l.seen.Switches = append(l.seen.Switches, verify.Switch{Kind: kind.kind, Name: r.ID, State: state})
		}
	}
	for _, r := range account.OfType(own, account.QueueType) {
		n, err := l.from.Account.Waiting(ctx, r.ID)
		if err != nil {
			return err
		}
		l.seen.Queues = append(l.seen.Queues, verify.Queue{URL: r.ID, Messages: n})
	}
	return nil
}

func (l *looker) buckets(ctx context.Context, resources map[string][]account.Resource) error {
	for _, stack := range l.platform.Stacks() {
		for _, r := range account.OfType(resources[stack], account.BucketType) {
			versioned, closed, err := l.from.Account.Bucket(ctx, r.ID)
			if err != nil {
				return err
			}
			l.seen.Buckets = append(l.seen.Buckets, verify.Bucket{Name: r.ID, Versioned: versioned, Unreachable: closed})
		}
	}
	return nil
}

// cluster looks at what only the API server knows, if it answers.
func (l *looker) cluster(ctx context.Context) {
	why := l.from.NoCluster
	if l.from.Cluster != nil {
		if err := l.from.Cluster.Answers(ctx); err != nil {
			why = err.Error()
		}
	}
	for part, look := range map[verify.Part]func(context.Context) error{
		verify.Nodes: l.nodes, verify.Charts: l.charts, verify.Kinds: l.definitions, verify.Metrics: l.metrics,
		verify.Pools: l.pools, verify.Policies: l.policies, verify.Teams: l.teams, verify.Rights: l.rights,
	} {
		if why != "" {
			l.seen.Unseen[part] = why
			continue
		}
		l.part(part, func() error { return look(ctx) })
	}
}

// errPrivate is added to what goes wrong on the way to a private endpoint.
var errPrivate = errors.New("the cluster's endpoint is private: run this inside its VPC, or name a kubeconfig that reaches it with --kubeconfig")

// Unreachable says why an API server was not reached, and that it is a private one.
func Unreachable(endpoint string, public bool, err error) error {
	if public {
		return fmt.Errorf("%s did not answer: %w", endpoint, err)
	}
	return fmt.Errorf("%s did not answer: %w; %w", endpoint, err, errPrivate)
}
