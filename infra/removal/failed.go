package removal

import (
	"context"

	"github.com/sluice-flink/sluice/infra/account"
)

// Unblock lets the CDK make again what it failed to make. It protects a stack before
// it makes it; when that fails it wants to delete the stack first, and AWS refuses,
// the same as for a cluster that was made before something else of its stack failed.
// A stack that was made once is left alone, whatever became of it since.
func (r *Removal) Unblock(ctx context.Context) error {
	for _, name := range r.Platform.Stacks() {
		found, err := r.Account.Stack(ctx, name)
		if err != nil {
			return err
		}
		if found == nil || !neverMade(found.Status) {
			continue
		}
		if err := r.unblock(ctx, *found); err != nil {
			return err
		}
	}
	return nil
}

// neverMade knows the states of a stack whose creation failed
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html).
func neverMade(status string) bool {
	return status == "ROLLBACK_COMPLETE" || status == "ROLLBACK_FAILED"
}

// skipped are what such a stack was told to retain: new ones are made instead of
// them, and when the stack is gone nobody remembers whose they were.
func skipped(own []account.Resource) []Left {
	var all []Left
	for _, one := range own {
		if one.Status == "DELETE_SKIPPED" && one.ID != "" && one.Type != account.KubernetesType {
			all = append(all, leftOf(one))
		}
	}
	return all
}

func (r *Removal) unblock(ctx context.Context, s account.Stack) error {
	if s.Protected {
		r.Say("the stack %s was never made (%s): it may be deleted, and is made anew", s.Name, s.Status)
		if err := r.Account.UnprotectStack(ctx, s.Name); err != nil {
			return err
		}
	}
	own, err := r.Account.Resources(ctx, s.Name)
	if err != nil {
		return err
	}
	for _, left := range skipped(own) {
		r.Say("it left behind the %s %s, which nothing uses: %s", left.What, left.ID, left.Remove)
	}
	for _, cluster := range account.OfType(own, account.ClusterType) {
		if cluster.ID == r.Platform.ClusterName() {
			r.Say("its cluster %s may be deleted, too", cluster.ID)
			return r.unprotect(ctx)
		}
	}
	return nil
}
