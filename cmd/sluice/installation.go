package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/boot"
	"github.com/sluice-flink/sluice/internal/eks"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/local/demo/whereabouts"
)

// installation is what a command asks.
type installation struct {
	Ledger    ledger.Store
	Target    flink.Target             // nil where no cluster was named
	Plane     plane                    // what takes changes; nil where it was not named
	Artifacts string                   // bucket; empty when it was not named
	Dropped   ledger.Objects           // what is in that bucket; nil when it was not named
	States    savepoint.Objects        // where jobs keep their state
	Local     *whereabouts.Whereabouts // nil on AWS

	Undelivered letters // what EventBridge could not deliver
}

// openInstallation finds the installation that the flags, the environment or
// the working directory name, in that order.
func (p *program) openInstallation(ctx context.Context) (*installation, error) {
	f := p.flags
	if f.dir == "" {
		f.fromEnvironment(p.env)
		if f.ledger != "" {
			return openAWS(ctx, f)
		}
		f.dir = whereabouts.DefaultDir
	}
	w, err := whereabouts.Read(f.dir)
	if errors.Is(err, fs.ErrNotExist) && p.flags.dir == "" {
		return nil, errors.New("no installation is named: start a plane here with sluice local, name one with --dir, or name one on AWS with --ledger-bucket (the stack's output LedgerBucketName)")
	}
	if err != nil {
		return nil, err
	}
	return openLocal(w)
}

// fromEnvironment fills in what no flag gives, by the names that the functions have.
func (f *flags) fromEnvironment(env func(string) string) {
	for name, value := range map[string]*string{
		functions.EnvLedger: &f.ledger, functions.EnvArtifacts: &f.artifacts, functions.EnvEventBus: &f.bus, functions.EnvClusterName: &f.cluster,
		functions.EnvClusterEndpoint: &f.endpoint, functions.EnvClusterCA: &f.ca, functions.EnvOperator: &f.operator,
	} {
		if *value == "" {
			*value = env(name)
		}
	}
}

func openLocal(w whereabouts.Whereabouts) (*installation, error) {
	i := &installation{Ledger: ledger.New(ledger.S3{Client: w.Objects(), Bucket: w.Ledger}), Plane: localPlane(w), Artifacts: w.Artifacts, Local: &w,
		Dropped: ledger.S3{Client: w.Objects(), Bucket: w.Artifacts}, States: savepoint.S3{Client: w.Objects()}, Undelivered: newQueue(w.Config(), w.Undelivered, w.States)}
	if w.Kubeconfig == "" {
		return i, nil
	}
	target, err := eks.Connect(eks.Config{Kubeconfig: w.Kubeconfig, Operator: eks.Operator(w.Operator)})
	if err != nil {
		return nil, err
	}
	i.Target = target
	return i, nil
}

func openAWS(ctx context.Context, f flags) (*installation, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithHTTPClient(boot.Impatient()))
	if err != nil {
		return nil, fmt.Errorf("read the AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		return nil, errors.New("no AWS region is set: set AWS_REGION or a profile that has one")
	}
	objects := s3.NewFromConfig(cfg)
	i := &installation{Ledger: ledger.New(ledger.S3{Client: objects, Bucket: f.ledger}), Artifacts: f.artifacts, Plane: newPlane(cfg, boot.Environment{EventBus: f.bus}, objects, f.artifacts),
		States: savepoint.S3{Client: objects}, Undelivered: newQueue(cfg, f.undelivered, "")}
	if f.artifacts != "" {
		i.Dropped = ledger.S3{Client: objects, Bucket: f.artifacts}
	}
	c, named := f.clusterConfig(cfg)
	if !named {
		return i, nil
	}
	target, err := eks.Connect(c)
	if err != nil {
		return nil, err
	}
	i.Target = target
	return i, nil
}

// clusterConfig tells whether a cluster was named, and how to reach it.
func (f flags) clusterConfig(cfg aws.Config) (eks.Config, bool) {
	c := eks.Config{Operator: eks.Operator(f.operator), AWS: cfg}
	if f.kubeconfig != "" {
		c.Kubeconfig = f.kubeconfig
		if c.Operator == "" {
			c.Operator = eks.Apache
		}
		return c, true
	}
	if c.Operator == "" {
		c.Operator = eks.EMR
	}
	c.Cluster, c.Endpoint, c.CA = f.cluster, f.endpoint, f.ca
	return c, f.cluster != "" || f.endpoint != "" || f.ca != ""
}
