package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/infra/account"
	"github.com/sluice-flink/sluice/infra/platform"
	removing "github.com/sluice-flink/sluice/infra/removal"
)

// destroyAnswer is what destroy prints for machines.
type destroyAnswer struct {
	Platform    string          `json:"platform"`
	Environment string          `json:"environment"`
	Steps       []string        `json:"steps"` // in order
	Removed     bool            `json:"removed"`
	Left        []removing.Left `json:"left"`
	Unseen      []string        `json:"unseen,omitempty"` // what could not be looked for, and why
}

type destroyFlags struct {
	file, yes          string
	team               string // the one that is removed; empty: the whole platform is
	dryRun, savepoints bool
}

func (p *program) destroyCommand() *cobra.Command {
	var f destroyFlags
	c := &cobra.Command{
		Use: "destroy", Short: "Remove a platform in the right order, and list what stays billable",
		Long: "Removes a platform: holds Sluice, deletes the jobs while their operator runs, what controllers made outside of the\n" +
			"cluster, Karpenter's nodes while Karpenter runs, then the stacks, each before what it depends on. Buckets and keys\n" +
			"that the stacks retain stay, and are listed with everything else that is still billed, each with the command that\n" +
			"removes it. It asks for the platform's name first. When it has ended half-way, run it again: it goes on from there.",
		Args: takes(0, 0, "no argument"),
		RunE: func(c *cobra.Command, _ []string) error { return p.destroy(c.Context(), f) },
	}
	platformFlag(c, &f.file)
	c.Flags().StringVar(&f.yes, "yes", "", "the platform's name, for scripts: nothing is asked then")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "say what would be done, and what would stay, and do nothing")
	c.Flags().BoolVar(&f.savepoints, "savepoints", false, "suspend each job with a savepoint before it is deleted")
	return c
}

func (p *program) destroy(ctx context.Context, f destroyFlags) error {
	wanted, in, err := openPlatform(ctx, f.file)
	if err != nil {
		return err
	}
	if f.yes != "" && f.yes != wanted.Name {
		return usageError{fmt.Errorf("--yes is %q, and the platform of %s is %q", f.yes, f.file, wanted.Name)}
	}
	r, where, err := p.removalOf(ctx, wanted, in, f)
	if err != nil {
		return err
	}
	a := destroyAnswer{Platform: wanted.Name, Environment: where}
	for _, s := range r.Steps() {
		a.Steps = append(a.Steps, s.Does)
	}
	if !f.dryRun {
		r.Say("%s", renderSteps(a))
		if err := p.agreed("platform", wanted.Name, f.yes); err != nil {
			return err
		}
		if err := r.Run(ctx); err != nil {
			return err
		}
		a.Removed = true
	}
	left, unseen := r.Leftovers(ctx)
	a.Left = left
	for _, err := range unseen {
		a.Unseen = append(a.Unseen, err.Error())
	}
	if err := p.say(renderDestroyed(a, f.dryRun), a); err != nil {
		return err
	}
	if len(unseen) > 0 {
		return errSaid
	}
	return nil
}

// removalOf finds everything that a removal needs, and refuses where it would leave
// something behind.
func (p *program) removalOf(ctx context.Context, wanted platform.Platform, in account.Account, f destroyFlags) (*removing.Removal, string, error) {
	where, _, err := in.Environment(ctx)
	if err != nil {
		return nil, "", err
	}
	r := &removing.Removal{Platform: wanted, Account: in, Savepoints: f.savepoints, Say: p.progress, Sleep: removing.Wait, Poll: removing.UsualPoll, Now: time.Now}
	if p.poll < time.Second { // a test does not wait
		r.Poll = p.poll
	}
	if f.team != "" {
		if r, err = r.OfTeam(f.team); err != nil {
			return nil, "", usageError{err}
		}
	}
	busy, err := r.InFlight(ctx, time.Now())
	if err != nil {
		return nil, "", err
	}
	if len(busy) > 0 && !f.dryRun {
		return nil, "", fmt.Errorf("a release is in flight: %s; wait until it has ended (sluice status), or cancel it", busy[0])
	}
	described, err := in.Cluster(ctx, wanted.ClusterName())
	if err != nil || described == nil || f.dryRun {
		return r, where, err
	}
	if r.Cluster, err = p.clusterOf(ctx, wanted, in); err == nil {
		err = r.Cluster.Answers(ctx)
	}
	if err != nil {
		return nil, "", fmt.Errorf("the cluster %s is there and cannot be used, and what only its controllers take away would be left behind: %w", wanted.ClusterName(), err)
	}
	return r, where, nil
}

// progress is said on the side when the answer is for machines.
func (p *program) progress(format string, args ...any) {
	to := p.out
	if p.flags.output == outputJSON {
		to = p.err
	}
	_, _ = fmt.Fprintf(to, format+"\n", args...)
}

// agreed asks for the name of what is to go, unless --yes has said it.
func (p *program) agreed(what, name, yes string) error {
	if yes == name {
		return nil
	}
	if p.prompt == nil {
		return usageError{fmt.Errorf("nobody can be asked here: say --yes %s", name)}
	}
	typed, err := p.prompt(fmt.Sprintf("Type the %s's name, %s, to remove it: ", what, name))
	if err != nil {
		return err
	}
	if typed != name {
		return errors.New("that is not its name: nothing was removed")
	}
	return nil
}

func (p *program) emptyBucketCommand() *cobra.Command {
	var file, yes string
	c := &cobra.Command{
		Use: "empty-bucket NAME", Short: "Remove every version of every object of a bucket, and unfinished uploads",
		Long: "For a bucket that a removed platform has retained, so that it can be deleted. What is removed cannot be had back.",
		Args: takes(1, 1, "a bucket's name"),
		RunE: func(c *cobra.Command, args []string) error {
			if yes != args[0] {
				return usageError{fmt.Errorf("what it removes cannot be had back: say --yes %s", args[0])}
			}
			_, in, err := openPlatform(c.Context(), file)
			if err != nil {
				return err
			}
			if err := in.Empty(c.Context(), args[0]); err != nil {
				return err
			}
			return p.say(args[0]+" is empty\n", map[string]string{"empty": args[0]})
		},
	}
	c.Flags().StringVar(&file, "platform", platformFile, "the platform's file, for its region")
	c.Flags().StringVar(&yes, "yes", "", "the bucket's name again")
	return c
}
