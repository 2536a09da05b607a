package main

import (
	"fmt"

	"github.com/spf13/pflag"
)

// Ways to print.
const (
	outputText = "text"
	outputJSON = "json"
)

// flags are those that every command takes.
type flags struct {
	output string

	dir string // of a local plane

	ledger, artifacts     string // buckets, on AWS
	bus                   string // of Sluice's own events, on AWS
	undelivered           string // URL of the dead-letter queue, on AWS
	cluster, endpoint, ca string // of an EKS cluster
	kubeconfig, operator  string
}

func (f *flags) declare(set *pflag.FlagSet) {
	set.StringVarP(&f.output, "output", "o", outputText, "text, or json for machines")
	set.StringVar(&f.dir, "dir", "", "directory of a local plane (default ./.sluice)")
	set.StringVar(&f.ledger, "ledger-bucket", "", "on AWS: the stack's output LedgerBucketName (or $SLUICE_LEDGER_BUCKET)")
	set.StringVar(&f.artifacts, "artifact-bucket", "", "on AWS: the stack's output ArtifactsBucketName (or $SLUICE_ARTIFACTS_BUCKET)")
	set.StringVar(&f.bus, "event-bus", "", "on AWS: the stack's output EventBusName (or $SLUICE_EVENT_BUS)")
	set.StringVar(&f.undelivered, "undelivered-queue", "", "on AWS: the stack's output UndeliveredQueueUrl, for sluice replay")
	set.StringVar(&f.cluster, "cluster-name", "", "on AWS: name of the EKS cluster (or $SLUICE_CLUSTER_NAME)")
	set.StringVar(&f.endpoint, "cluster-endpoint", "", "on AWS: https URL of its API server (or $SLUICE_CLUSTER_ENDPOINT)")
	set.StringVar(&f.ca, "cluster-ca", "", "on AWS: its certificate authority, base64 (or $SLUICE_CLUSTER_CA)")
	set.StringVar(&f.kubeconfig, "kubeconfig", "", "kubeconfig of the cluster to use instead")
	set.StringVar(&f.operator, "operator", "", "which Flink operator the cluster runs, emr or apache (default: apache with --kubeconfig, else emr)")
}

func (f *flags) check() error {
	if f.output != outputText && f.output != outputJSON {
		return usageError{fmt.Errorf("--output is %q; it takes text or json", f.output)}
	}
	if f.dir != "" && f.ledger != "" {
		return usageError{fmt.Errorf("--dir names a local plane and --ledger-bucket an installation on AWS: give one of them")}
	}
	if f.operator != "" && f.operator != "emr" && f.operator != "apache" {
		return usageError{fmt.Errorf("--operator is %q; it takes emr or apache", f.operator)}
	}
	return nil
}
