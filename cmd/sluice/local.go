package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/local/demo"
	"github.com/sluice-flink/sluice/local/demo/laptop"
	"github.com/sluice-flink/sluice/local/demo/whereabouts"
)

// localOptions are the flags of local.
type localOptions struct {
	keepData bool
	s3Listen string
	teams    []string
}

func (p *program) localCommand() *cobra.Command {
	var o localOptions
	c := &cobra.Command{
		Use:   "local",
		Short: "Run the whole installation on this machine, until Ctrl-C",
		Long: "Run the AWS plane of the synthesized template and a Kubernetes with the Flink operator on this machine.\n" +
			"With --kubeconfig another cluster is used; it needs the Flink operator, and its pods must reach --s3-listen.",
		Args: takes(0, 0, "no argument"),
		RunE: func(c *cobra.Command, _ []string) error { return p.local(c.Context(), o) },
	}
	c.Flags().BoolVar(&o.keepData, "keep-data", false, "keep buckets, ledger and cluster state for the next start")
	c.Flags().StringVar(&o.s3Listen, "s3-listen", "", "host:port for S3 (default: a free port of the loopback)")
	c.Flags().StringSliceVar(&o.teams, "team", []string{"flink-team-a-ns"}, "namespaces of data teams to make")
	return c
}

func (p *program) local(ctx context.Context, o localOptions) error {
	if p.flags.ledger != "" || p.flags.operator == "emr" {
		return usageError{errors.New("local runs everything here with the Apache operator: --ledger-bucket and --operator emr are for AWS")}
	}
	dir := orElse(p.flags.dir, whereabouts.DefaultDir)
	l, err := laptop.Start(ctx, laptop.Options{Dir: dir, Fresh: !o.keepData, Kubeconfig: p.flags.kubeconfig, S3Listen: o.s3Listen, Teams: o.teams, Out: p.out})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(p.out, "\nReady. In another terminal:\n\n%s\nCtrl-C ends it.\n", demo.LookAround(l, dir, ""))
	var ended error
	select {
	case <-ctx.Done():
	case <-l.Ended():
		ended = fmt.Errorf("Kubernetes ended by itself: logs are below %s", dir)
	}
	return errors.Join(ended, l.Close(o.keepData || ended != nil))
}
