package secret_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sluice-flink/sluice/internal/flink"
)

// What others say, with what they should not: Flink's exceptions, the operator's
// error, a pod's last words, a refusal that quotes the object and its values.
const (
	exceptionSays = `SQLException: access denied at jdbc:postgresql://etl:` + inException + `@db:5432/orders?user=etl&password=` + inException + ` with {"s3.secret-key":"` + inConfiguration + `"}`
	operatorSays  = `ReconciliationException: {"spec":{"flinkConfiguration":{"s3.secret-key":"` + inOperator + `","s3.access-key":"` + asAccessKey + `"}}} is not valid`
	podSays       = `pod counter-1: CrashLoopBackOff: DB_PASSWORD=` + inPod + ` is not accepted`
	saveSays      = `AmazonS3Exception: PUT https://data.s3.amazonaws.com/x?X-Amz-Credential=` + asAccessKey + `%2F20261121&X-Amz-Signature=` + inSavepoint + ` answered 403`
	proxySays     = `Get "https://10.0.0.1/api": Authorization: Bearer ` + inToken + ` was refused; X-Amz-Security-Token=` + inSession
	signedURL     = `Put "https://ledger.s3.amazonaws.com/k?X-Amz-Signature=` + inSignature + `&X-Amz-Security-Token=` + inSession + `": EOF`
)

// leaky is a target that tells all it knows.
type leaky struct {
	flink.Target
	refuseDry, refuse, cutOff, breakSaves bool
	trouble                               bool // operator and pods report an error
}

func (l *leaky) Observe(ctx context.Context, app flink.Application) (flink.Observation, error) {
	o, err := l.Target.Observe(ctx, app)
	for i := range o.Job.Failures {
		o.Job.Failures[i].Message = exceptionSays
	}
	if o.Status.Error != "" || l.trouble {
		o.Status.Error = operatorSays
	}
	if l.trouble {
		o.Status.PodTrouble = podSays
	}
	if l.cutOff {
		o.Job = flink.JobFacts{Unreachable: proxySays, Restarts: -1}
	}
	return o, err
}

func (l *leaky) Apply(ctx context.Context, d flink.Desired) error {
	if d.DryRun && l.refuseDry || !d.DryRun && l.refuse && d.Step == "apply" {
		object, _ := json.Marshal(d.Revision.Manifest)
		return &flink.Error{Code: flink.Refused, Op: "apply " + d.Application.String(), Err: fmt.Errorf(
			`admission webhook "rules.example" denied the request: the values %s, %s, %s, %s and %s are not allowed in %s (%s)`,
			inVariable, inFlag, inArgument, inPlaceholder, inURL, object, proxySays)}
	}
	return l.Target.Apply(ctx, d)
}

func (l *leaky) Snapshot(ctx context.Context, r flink.SnapshotRequest) (flink.SnapshotState, error) {
	s, err := l.Target.Snapshot(ctx, r)
	if l.breakSaves && err == nil {
		s = flink.SnapshotState{Phase: flink.SnapshotFailed, Cause: saveSays}
	}
	return s, err
}
