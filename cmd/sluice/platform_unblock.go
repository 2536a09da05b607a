package main

import (
	"time"

	"github.com/spf13/cobra"

	removing "github.com/sluice-flink/sluice/infra/removal"
)

func (p *program) unblockCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "unblock", Short: "Let the CDK make again what it failed to make",
		Long: "A stack whose first deployment failed is protected from deletion, and the CDK cannot make it anew. This switches the\n" +
			"protection of such stacks off, and that of a cluster in one of them. A stack that was made once is left alone.\n" +
			"`make deploy` does it.",
		Args: takes(0, 0, "no argument"),
		RunE: func(c *cobra.Command, _ []string) error {
			wanted, in, err := openPlatform(c.Context(), file)
			if err != nil {
				return err
			}
			r := &removing.Removal{Platform: wanted, Account: in, Say: p.progress, Sleep: removing.Wait, Poll: removing.UsualPoll, Now: time.Now}
			if p.poll < time.Second { // a test does not wait
				r.Poll = p.poll
			}
			return r.Unblock(c.Context())
		},
	}
	platformFlag(c, &file)
	return c
}
