package laptop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/boot"
	"github.com/sluice-flink/sluice/local"
	"github.com/sluice-flink/sluice/local/cluster"
	"github.com/sluice-flink/sluice/local/demo/whereabouts"
	"github.com/sluice-flink/sluice/local/kit"
	"github.com/sluice-flink/sluice/local/lambda"
)

// templateFile is the template that is deployed, below the module's root.
const templateFile = "infra/testdata/eventplane.template.json"

// What stands in for the parts of an AWS account that are not here.
const (
	dataBucket = "sluice-data"
	operator   = "apache"
	jobRole    = "arn:aws:iam::000000000000:role/local" // nobody assumes it: pods have the gateway's keys
)

// parameters of the template. The cluster's are never used: every function is
// given a kubeconfig instead.
func parameters() map[string]string {
	return map[string]string{
		"ClusterName": "local", "ClusterEndpoint": "https://localhost", "ClusterCertificateAuthority": "bG9jYWw=",
		"DataBucketName": dataBucket, "JobExecutionRoleArn": jobRole, "Operator": operator,
	}
}

// kubeconfig is where the cluster's will be, or where somebody else's is.
func (l *Laptop) kubeconfig(o Options) string {
	if o.Kubeconfig != "" {
		return o.Kubeconfig
	}
	return filepath.Join(l.dir, kubeDir, "kubeconfig")
}

func (l *Laptop) startPlane(ctx context.Context, o Options) error {
	text, err := os.ReadFile(filepath.Join(o.Module, templateFile))
	if err != nil {
		return fmt.Errorf("read the synthesized template: %w", err)
	}
	p := local.Options{
		Template: text, Parameters: parameters(), Dir: filepath.Join(l.dir, planeDir), ExtraBuckets: []string{dataBucket},
		Functions: lambda.NewInProcess(boot.Handler), S3Listen: o.S3Listen, Log: l.log, OnExecution: o.OnExecution,
		ExtraEnv: map[string]string{functions.EnvKubeconfig: l.kubeconfig(o),
			functions.EnvClusterName: "", functions.EnvClusterEndpoint: "", functions.EnvClusterCA: ""},
	}
	if l.Kit != nil {
		p.JSONata = l.Kit.JSONata
	}
	if l.Plane, err = local.Start(ctx, p); err != nil {
		return err
	}
	l.door, err = openDoor(l.Plane.Credentials().SecretKey, l.Plane.Put)
	return err
}

func (l *Laptop) startCluster(ctx context.Context, o Options) error {
	dir := filepath.Join(l.dir, kubeDir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	images, imagesErr := kit.Images(l.Kit, dir)
	options, optionsErr := kit.JavaOptions(l.Kit)
	if err := errors.Join(imagesErr, optionsErr); err != nil {
		return err
	}
	keys := l.Plane.Credentials()
	c, err := cluster.Start(ctx, cluster.Options{
		Binary: l.Kit.Kube, Images: images, CRDs: l.Kit.CRDs, JavaOptions: options, Dir: dir,
		S3: strings.TrimPrefix(l.Plane.S3Endpoint(), "http://"), Region: local.Place.Region,
		AccessKey: keys.AccessKey, SecretKey: keys.SecretKey, Teams: o.Teams, Log: l.log,
	})
	if err != nil {
		return err
	}
	l.cluster = c
	if c.Kubeconfig != l.kubeconfig(o) {
		return fmt.Errorf("its kubeconfig is %s, and the functions were told %s", c.Kubeconfig, l.kubeconfig(o))
	}
	return nil
}

// describe notes where everything is.
func (l *Laptop) describe(o Options) error {
	keys := l.Plane.Credentials()
	l.Where = whereabouts.Whereabouts{
		Process: os.Getpid(), Region: local.Place.Region, AccessKey: keys.AccessKey, SecretKey: keys.SecretKey,
		S3: l.Plane.S3Endpoint(), Events: l.Plane.APIEndpoint(), States: l.Plane.APIEndpoint(), Door: l.door.URL(),
		Artifacts: l.Plane.Output("ArtifactsBucketName"), Ledger: l.Plane.Output("LedgerBucketName"), Data: dataBucket,
		EventBus: l.Plane.Output("EventBusName"), Machine: l.Plane.Output("ReleaseMachineArn"),
		Undelivered: l.Plane.Output("UndeliveredQueueUrl"),
		Kubeconfig:  l.kubeconfig(o), Operator: operator,
	}
	for _, f := range l.Plane.Stack().Functions {
		if text := f.Environment[functions.EnvPlaceholders]; text != "" {
			return json.Unmarshal([]byte(text), &l.Where.Placeholders)
		}
	}
	return nil
}
