package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/infra/account"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/verify"
	"github.com/sluice-flink/sluice/infra/verify/look"
	"github.com/sluice-flink/sluice/internal/eks"
)

func (p *program) platformCommand() *cobra.Command {
	c := &cobra.Command{Use: "platform", Short: "Look at a platform that was deployed, and remove one", Args: takes(0, 0, "the name of what is to be done: verify, images or destroy")}
	c.AddCommand(p.destroyCommand(), p.removeTeamCommand(), p.emptyBucketCommand(), p.environmentCommand(), p.imagesCommand(), p.unblockCommand(), p.verifyCommand())
	return c
}

// environmentAnswer is what environment prints for machines.
type environmentAnswer struct {
	Environment  string `json:"environment"` // aws://<account>/<region>
	Bootstrapped bool   `json:"bootstrapped"`
}

func (p *program) environmentCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "environment", Short: "Tell which account and region a platform's file goes to, and whether the CDK was bootstrapped there",
		Args: takes(0, 0, "no argument"),
		RunE: func(c *cobra.Command, _ []string) error {
			wanted, in, err := openPlatform(c.Context(), file)
			if err != nil {
				return err
			}
			if wanted.Cluster.Existing == nil && len(wanted.Cluster.Admins) == 0 {
				_, _ = fmt.Fprintln(p.err, "note: cluster.admins names nobody, so nobody can look into the cluster: name the role that will verify and remove the platform")
			}
			a := environmentAnswer{}
			if a.Environment, a.Bootstrapped, err = in.Environment(c.Context()); err != nil {
				return err
			}
			text := a.Environment
			if a.Bootstrapped {
				text += " bootstrapped"
			}
			return p.say(text+"\n", a)
		},
	}
	platformFlag(c, &file)
	return c
}

func (p *program) verifyCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "verify", Short: "Hold what is deployed against the platform's file, one line each",
		Long: "Looks at the stacks, the cluster and the event plane of a platform and says of each thing whether it is as the file\n" +
			"says: ok, or fault with what to do. Nothing is changed. It asks AWS with the SDK's own credentials, and the cluster's\n" +
			"API server, which has to be reached from here, as somebody who administers the cluster.",
		Args: takes(0, 0, "no argument"),
		RunE: func(c *cobra.Command, _ []string) error {
			wanted, in, err := openPlatform(c.Context(), file)
			if err != nil {
				return err
			}
			findings := verify.Judge(wanted, look.Platform(c.Context(), wanted, p.sources(c.Context(), wanted, in)))
			if err := p.say(renderFindings(wanted, findings), findings); err != nil {
				return err
			}
			if len(verify.Faults(findings)) > 0 {
				return errSaid
			}
			return nil
		},
	}
	platformFlag(c, &file)
	return c
}

// platformFile is the platform's configuration where none is named.
const platformFile = "infra/platform.yaml"

func platformFlag(c *cobra.Command, file *string) {
	c.Flags().StringVar(file, "platform", platformFile, "the platform's file")
}

// openPlatform reads the platform's file, and takes the credentials for its region.
func openPlatform(ctx context.Context, file string) (platform.Platform, account.Account, error) {
	wanted, err := platform.Open(file, platform.AllRegions())
	if err != nil {
		return wanted, account.Account{}, err
	}
	in, err := account.Open(ctx, wanted.Region)
	return wanted, in, err
}

// sources are where a platform is looked at. A cluster that cannot be reached hides
// nothing of the account.
func (p *program) sources(ctx context.Context, wanted platform.Platform, in account.Account) look.Sources {
	from := look.Sources{Account: in}
	found, err := p.clusterOf(ctx, wanted, in)
	if err != nil {
		from.NoCluster = err.Error()
	}
	from.Cluster = found
	return from
}

// clusterOf reaches the cluster by --kubeconfig, or as EKS describes it.
func (p *program) clusterOf(ctx context.Context, wanted platform.Platform, in account.Account) (*look.Cluster, error) {
	c, named := p.flags.clusterConfig(in.Config)
	public := named
	if !named {
		described, err := in.Cluster(ctx, wanted.ClusterName())
		if err != nil {
			return nil, err
		}
		if described == nil {
			return nil, fmt.Errorf("there is no cluster %s in %s", wanted.ClusterName(), wanted.Region)
		}
		c.Cluster, c.Endpoint, c.CA, public = described.Name, described.Endpoint, described.CertificateAuthority, described.Public
	}
	c.Operator = eks.Apache // nothing here asks whose operator it is
	config, err := c.REST()
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = 50, 100
	return look.Connect(config, public)
}
