package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/internal/eks"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flinkui"
	"github.com/sluice-flink/sluice/local/demo/whereabouts"
)

func (p *program) uiCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "ui NAMESPACE/APP",
		Short: "Show an application's Flink web page on a port of this machine, until Ctrl-C",
		Long: "The page is read through the API server, with the rights you have there: the right to get\n" +
			"services/proxy in the application's namespace is enough to look. Nothing has to be opened in the cluster.\n" +
			"The cluster is that of --kubeconfig, of --cluster-name, --cluster-endpoint and --cluster-ca, or of the local plane.",
		Args: takes(1, 1, "one NAMESPACE/APP"),
		RunE: func(c *cobra.Command, args []string) error {
			app, err := application(args[0])
			if err != nil {
				return err
			}
			cluster, err := p.cluster(c.Context())
			if err != nil {
				return err
			}
			return p.showUI(c.Context(), cluster, app)
		},
	}
}

// cluster finds the cluster that the flags, the environment or the working
// directory name, in that order. No ledger is needed to look at a page.
func (p *program) cluster(ctx context.Context) (eks.Config, error) {
	f := p.flags
	if f.dir == "" {
		f.fromEnvironment(p.env)
		if f.kubeconfig != "" {
			found, _ := f.clusterConfig(aws.Config{})
			return found, nil
		}
		if f.cluster != "" {
			cfg, err := config.LoadDefaultConfig(ctx)
			if err != nil {
				return eks.Config{}, fmt.Errorf("read the AWS configuration: %w", err)
			}
			found, _ := f.clusterConfig(cfg)
			return found, nil
		}
		f.dir = whereabouts.DefaultDir
	}
	w, err := whereabouts.Read(f.dir)
	if errors.Is(err, fs.ErrNotExist) && p.flags.dir == "" {
		return eks.Config{}, errors.New("no cluster is named: give --kubeconfig, or --cluster-name, --cluster-endpoint and --cluster-ca, or --dir of a local plane")
	}
	if err != nil {
		return eks.Config{}, err
	}
	if w.Kubeconfig == "" {
		return eks.Config{}, errors.New("the local plane runs without a cluster")
	}
	return eks.Config{Kubeconfig: w.Kubeconfig, Operator: eks.Operator(w.Operator)}, nil
}

// showUI serves the page until ctx ends, which is how people end it.
func (p *program) showUI(ctx context.Context, cluster eks.Config, app flink.Application) error {
	reached, err := cluster.REST()
	if err != nil {
		return err
	}
	ui, err := flinkui.Serve(reached, app.Namespace, app.Name)
	if err != nil {
		return err
	}
	if err := ui.Answers(ctx); err != nil {
		return errors.Join(err, ui.Close())
	}
	if err := p.say(ui.URL()+"   "+app.String()+"; Ctrl-C ends it\n", map[string]string{"url": ui.URL()}); err != nil {
		return errors.Join(err, ui.Close())
	}
	<-ctx.Done()
	return ui.Close()
}
