package removal

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/infra/account"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/verify/look"
)

// Removal is the removal of one platform, or, by OfTeam, of one team of it.
type Removal struct {
	Platform platform.Platform
	Account  account.Account
	// Cluster is nil where there is none any more.
	Cluster *look.Cluster
	// Savepoints has each job stop with a savepoint before it is deleted.
	Savepoints bool

	// team is the one that is removed; empty: the whole platform is.
	team string

	// Say prints a line of progress.
	Say func(format string, args ...any)
	// Sleep waits; Poll is how long between two looks.
	Sleep func(context.Context, time.Duration) error
	Poll  time.Duration
	Now   func() time.Time
	// Looks is how often a step looks until it gives up; 0: as often as each needs.
	Looks int
}

// Step is one thing that is done, in the order of Steps.
type Step struct {
	Name string
	Does string // in words, for who is asked
	run  func(*Removal, context.Context) error
}

// Steps are all of them, in order, for a platform.
func (r *Removal) Steps() []Step {
	if r.team != "" {
		return r.stepsOfTeam()
	}
	steps := []Step{{"hold Sluice", "switch off the rules and schedules of " + r.Platform.StackName(platform.EventPlanePart) + ", so that no release begins", (*Removal).holdSluice}}
	if r.Savepoints {
		steps = append(steps, Step{"savepoints", "suspend each application of the teams, which takes a final savepoint", (*Removal).suspend})
	}
	steps = append(steps,
		Step{"session jobs", "delete the FlinkSessionJobs of the teams, and wait until the operator has let them go", (*Removal).sessionJobs},
		Step{"applications", "delete the FlinkDeployments of the teams, and wait until the operator has let them go", (*Removal).applications},
		Step{"load balancers and volumes", "delete Ingresses, Services with a load balancer and volume claims of the platform's namespaces", (*Removal).outside})
	if r.Platform.AddOns.Karpenter() {
		steps = append(steps, Step{"nodes", "delete Karpenter's pools, wait until their nodes are gone, then delete the node classes", (*Removal).nodes})
	}
	if r.Platform.Cluster.Existing == nil {
		steps = append(steps, Step{"protection", "let AWS delete the cluster " + r.Platform.ClusterName(), (*Removal).unprotect})
	}
	order := r.Platform.Stacks()
	for i := len(order) - 1; i >= 0; i-- {
		steps = append(steps, Step{"stack " + order[i], "delete the stack " + order[i], func(r *Removal, ctx context.Context) error { return r.stack(ctx, order[i]) }})
	}
	return steps
}

// Run does every step. It stops at the first that fails and says which.
func (r *Removal) Run(ctx context.Context) error {
	for _, s := range r.Steps() {
		r.Say("%s: %s", s.Name, s.Does)
		if err := s.run(r, ctx); err != nil {
			return fmt.Errorf("%s: %w; what was removed stays removed: mend it, and run the same again", s.Name, err)
		}
	}
	return nil
}

// How many looks a step takes until it gives up, at a look every ten seconds.
const (
	looksOfJobs   = 60  // ten minutes: an operator that takes a savepoint first
	looksOfNodes  = 120 // twenty: nodes drain
	looksOfStacks = 360 // an hour: functions in a VPC let their interfaces go late
	// UsualPoll is between two looks.
	UsualPoll = 10 * time.Second
)

// until looks again and again until nothing is left of what is waited for. left
// says what is; on says what to do when it stays.
func (r *Removal) until(ctx context.Context, looks int, what, on string, left func(context.Context) ([]string, error)) error {
	if r.Looks > 0 {
		looks = r.Looks
	}
	var last []string
	for range looks {
		names, err := left(ctx)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			return nil
		}
		last = names
		if err := r.Sleep(ctx, r.Poll); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s does not go: %s; %s", what, first(last), on)
}

// first names some of a list.
func first(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// Wait is the Sleep of who has nothing else to do.
func Wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
