package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// teamAnswer is what remove-team prints for machines.
type teamAnswer struct {
	Platform    string   `json:"platform"`
	Team        string   `json:"team"`
	Environment string   `json:"environment"`
	Steps       []string `json:"steps"` // in order
	Removed     bool     `json:"removed"`
}

func (p *program) removeTeamCommand() *cobra.Command {
	var f destroyFlags
	c := &cobra.Command{
		Use: "remove-team NAME", Short: "Remove one team: its stack and its namespace, once its jobs are gone",
		Long: "Removes what a team has while the platform's file still names it, so that the operator still looks after its namespace:\n" +
			"it refuses while a job of the team is there, and says which command removes each with a final savepoint and a record.\n" +
			"Then take the team out of the file, and deploy. The team's state stays below its prefix of the buckets.",
		Args: takes(1, 1, "a team's name"),
		RunE: func(c *cobra.Command, args []string) error {
			f.team = args[0]
			return p.removeTeam(c.Context(), f)
		},
	}
	platformFlag(c, &f.file)
	c.Flags().StringVar(&f.yes, "yes", "", "the team's name again, for scripts: nothing is asked then")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "say what would be done, and do nothing")
	return c
}

func (p *program) removeTeam(ctx context.Context, f destroyFlags) error {
	wanted, in, err := openPlatform(ctx, f.file)
	if err != nil {
		return err
	}
	if f.yes != "" && f.yes != f.team {
		return usageError{fmt.Errorf("--yes is %q, and the team is %q", f.yes, f.team)}
	}
	r, where, err := p.removalOf(ctx, wanted, in, f)
	if err != nil {
		return err
	}
	a := teamAnswer{Platform: wanted.Name, Team: f.team, Environment: where}
	for _, s := range r.Steps() {
		a.Steps = append(a.Steps, s.Does)
	}
	if f.dryRun {
		return p.say(renderTeam(a)+"Nothing was removed.\n", a)
	}
	r.Say("%s", renderTeam(a))
	if err := p.agreed("team", f.team, f.yes); err != nil {
		return err
	}
	if err := r.Run(ctx); err != nil {
		return err
	}
	a.Removed = true
	return p.say(fmt.Sprintf("Team %s is removed from %s. Take it out of %s, and deploy. Its state stays below %s/ of the buckets.\n",
		f.team, where, f.file, r.Platform.Teams[0].Namespace), a)
}

func renderTeam(a teamAnswer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "To remove team %s of %s from %s:\n", a.Team, a.Platform, a.Environment)
	for i, step := range a.Steps {
		fmt.Fprintf(&b, "%3d. %s\n", i+1, step)
	}
	return b.String()
}
