package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	awslambda "github.com/aws/aws-lambda-go/lambda"

	"github.com/sluice-flink/sluice/internal/asl/jsonata"
	"github.com/sluice-flink/sluice/internal/boot"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/local"
	"github.com/sluice-flink/sluice/local/demo/whereabouts"
	"github.com/sluice-flink/sluice/local/lambda"
)

// planeDir tells this program to be a plane without a cluster in that directory,
// until its input ends, instead of running tests. It is a process of its own
// because the object gateway changes the working directory.
const planeDir = "SLUICE_TEST_PLANE"

func TestMain(m *testing.M) {
	dir := os.Getenv(planeDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := runPlane(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func runPlane(dir string) error {
	text, err := os.ReadFile("../../infra/testdata/eventplane.template.json")
	if err != nil {
		return err
	}
	engine, err := jsonata.Find()
	if err != nil {
		return err
	}
	p, err := local.Start(context.Background(), local.Options{
		Template: text, Dir: dir, Functions: lambda.NewInProcess(function), JSONata: engine, Log: os.Stderr,
		Parameters: map[string]string{
			"ClusterCertificateAuthority": "Zm9v", "ClusterEndpoint": "https://example.com", "ClusterName": "demo",
			"DataBucketName": "demo-data", "JobExecutionRoleArn": "arn:aws:iam::000000000000:role/jobs", "Operator": "apache",
		},
	})
	if err != nil {
		return err
	}
	keys := p.Credentials()
	err = whereabouts.Write(dir, whereabouts.Whereabouts{Process: os.Getpid(), Region: local.Place.Region, AccessKey: keys.AccessKey, SecretKey: keys.SecretKey,
		S3: p.S3Endpoint(), Events: p.APIEndpoint(), States: p.APIEndpoint(), Artifacts: p.Output("ArtifactsBucketName"), Ledger: p.Output("LedgerBucketName"),
		EventBus: p.Output("EventBusName"), Machine: p.Output("ReleaseMachineArn"), Undelivered: p.Output("UndeliveredQueueUrl")})
	if err == nil {
		fmt.Println("ready")
		_, err = io.Copy(io.Discard, os.Stdin)
	}
	return errors.Join(err, p.Close())
}

// function is the deployed handler, but for Prepare, which asks the cluster.
func function(ctx context.Context, name string, env func(string) string) (awslambda.Handler, error) {
	if name == "prepare" {
		return prepared(prepare), nil
	}
	return boot.Handler(ctx, name, env)
}

type prepared func(task.Release) task.Release

// Invoke implements lambda.Handler.
func (do prepared) Invoke(_ context.Context, payload []byte) ([]byte, error) {
	var r task.Release
	if err := json.Unmarshal(payload, &r); err != nil {
		return nil, err
	}
	return json.Marshal(do(r))
}

// prepare plans, asks where Admit says so, and ends what it would have to touch a
// cluster for.
func prepare(r task.Release) task.Release {
	r.Revision, r.Jar = "0123456789ab", r.Artifact.File
	r.Plan = &flink.Plan{First: flink.StepStop, Message: "the job is stopped with a savepoint and goes on from it"}
	r.Decision, r.Outcome, r.Reason, r.Message = task.ToSettle, flink.Succeeded, flink.Released, "it would run now, were there a cluster"
	switch {
	case r.Change.DryRun:
		r.Reason = flink.Planned
	case r.Wait != nil && r.Wait.For == ledger.ForApproval:
		r.Decision, r.Outcome, r.Reason, r.Message = task.ToAwaitApproval, "", "", ""
	}
	r.Timeline = append(r.Timeline, ledger.Moment{At: time.Now(), State: "Prepare", Note: "planned"})
	return r
}
