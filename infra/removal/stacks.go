package removal

import (
	"context"
	"fmt"
	"strings"

	"github.com/sluice-flink/sluice/infra/account"
	"github.com/sluice-flink/sluice/infra/platform"
)

// holdSluice switches off what starts releases, repairs and savepoints, so that
// nobody brings back what is about to go. A release that began before is waited for
// by whoever runs this.
func (r *Removal) holdSluice(ctx context.Context) error {
	own, err := r.Account.Resources(ctx, r.Platform.StackName(platform.EventPlanePart))
	if err != nil {
		return err
	}
	for _, rule := range account.OfType(own, account.RuleType) {
		state, err := r.Account.Rule(ctx, rule.ID)
		if err == nil && state == "ENABLED" {
			r.Say("  switch off the rule %s", rule.ID)
			err = r.Account.SwitchOffRule(ctx, rule.ID)
		}
		if err != nil {
			return err
		}
	}
	for _, schedule := range account.OfType(own, account.ScheduleType) {
		state, err := r.Account.Schedule(ctx, schedule.ID)
		if err == nil && state == "ENABLED" {
			r.Say("  switch off the schedule %s", schedule.ID)
			err = r.Account.SwitchOffSchedule(ctx, schedule.ID)
		}
		if err != nil {
			return err
		}
	}
	return r.quiet(ctx)
}

// unprotect switches off what keeps AWS from deleting the cluster, and waits until
// that is so: a cluster that is being changed is not deleted.
func (r *Removal) unprotect(ctx context.Context) error {
	name, asked := r.Platform.ClusterName(), false
	return r.until(ctx, looksOfJobs, "the deletion protection of the cluster "+name, "aws eks list-updates --name "+name+" says what it waits for", func(ctx context.Context) ([]string, error) {
		found, err := r.Account.Cluster(ctx, name)
		if err != nil || found == nil || !found.Protected && found.Status != "UPDATING" {
			return nil, err
		}
		if found.Protected && !asked && found.Status != "UPDATING" {
			asked = true
			if err := r.Account.Unprotect(ctx, name); err != nil {
				return nil, err
			}
		}
		return []string{"the cluster is " + found.Status}, nil
	})
}

// stack deletes a stack, which is protected until then, and waits until it is gone. One that failed is tried once
// more; what then keeps it is said, with AWS's reason.
func (r *Removal) stack(ctx context.Context, name string) error {
	asked := false
	return r.until(ctx, looksOfStacks, "the stack "+name, "aws cloudformation describe-stack-events --stack-name "+name+" says what it waits for", func(ctx context.Context) ([]string, error) {
		found, err := r.Account.Stack(ctx, name)
		if err != nil || found == nil {
			return nil, err
		}
		switch next(found.Status, asked) {
		case giveUp:
			return nil, r.whyNot(ctx, *found)
		case ask:
			if err := r.empty(ctx, name); err != nil {
				return nil, err
			}
			if found.Protected {
				if err := r.Account.UnprotectStack(ctx, name); err != nil {
					return nil, err
				}
			}
			asked = true
			if err := r.Account.DeleteStack(ctx, name); err != nil {
				return nil, err
			}
		}
		return []string{name + " is " + found.Status}, nil
	})
}

// move is what to do about a stack that is there.
type move int

const (
	wait   move = iota // somebody's change of it has not ended
	ask                // for its deletion
	giveUp             // its deletion was asked for, and failed
)

// next decides by the state of a stack, and by whether its deletion was asked for.
func next(status string, asked bool) move {
	switch {
	case strings.HasSuffix(status, "_IN_PROGRESS"):
		return wait
	case asked && status == "DELETE_FAILED":
		return giveUp
	}
	return ask
}

func (r *Removal) empty(ctx context.Context, stack string) error {
	doomed, err := r.Account.Doomed(ctx, stack)
	if err != nil {
		return err
	}
	for _, bucket := range doomed {
		r.Say("  empty the bucket %s, which the stack does not retain", bucket)
		if err := r.Account.Empty(ctx, bucket); err != nil {
			return err
		}
	}
	return nil
}

// whyNot names the resources that keep a stack.
func (r *Removal) whyNot(ctx context.Context, s account.Stack) error {
	failures, err := r.Account.Failures(ctx, s.Name)
	if err != nil {
		return err
	}
	var all []string
	for _, f := range failures {
		all = append(all, fmt.Sprintf("%s (%s %s): %s", f.Logical, f.Type, f.ID, f.Reason))
	}
	if len(all) == 0 {
		all = []string{s.Reason}
	}
	return fmt.Errorf("the stack is %s: %s", s.Status, strings.Join(all, "; "))
}
