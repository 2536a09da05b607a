package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/infra/account/standin"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/verify"
)

const committed = "../../infra/testdata/platform"

// inAccount is the stand-in for an account in which the shipped platform is deployed.
func inAccount(t *testing.T) (*standin.AWS, platform.Platform) {
	t.Helper()
	p, err := platform.Open(shipped, platform.AllRegions())
	if err != nil {
		t.Fatal(err)
	}
	a := standin.FromTemplates(t, committed, p.Stacks())
	a.Start(t)
	return a, p
}

// The cluster of the stand-in answers nobody: what is in the account is said all
// the same, and that the endpoint is private.
func TestVerifySaysOfEachThingWhetherItIsAsTheFileSays(t *testing.T) {
	a, p := inAccount(t)
	code, out, errs := call(t, nil, "platform", "verify", "--platform", shipped)
	if code != exitFault || errs != "" {
		t.Errorf("exit %d, %s", code, errs)
	}
	for _, want := range []string{"ok     stacks: stack sluice-network: CREATE_COMPLETE\n", "ok     event plane: undelivered events: none\n", "ok     identities: pod identity of flink-team-a-ns/flink-team-a-sa\n",
		"fault  nodes: all of it: it could not be looked at: ", "the cluster's endpoint is private: run this inside its VPC, or name a kubeconfig"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	if len(a.Refused) > 0 || len(a.Calls) > 0 {
		t.Errorf("it asked for %v, and changed %v", a.Refused, a.Calls)
	}

	a.Stacks[2].Status = "ROLLBACK_COMPLETE"
	for _, s := range a.Stacks {
		if url := s.Outputs["UndeliveredQueueUrl"]; url != "" {
			a.Queues[url] = 2
		}
	}
	_, out, _ = call(t, nil, "platform", "verify", "--platform", shipped, "-o", "json")
	var all []verify.Finding
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatal(err)
	}
	faults := map[verify.Part]int{}
	for _, f := range verify.Faults(all) {
		faults[f.Part]++
	}
	if faults[verify.Stacks] != 1 || faults[verify.EventPlane] != 1 || faults[verify.Buckets] != 0 {
		t.Errorf("of %s: %v", p.Name, faults)
	}
}

func TestVerifyWithoutCredentialsSaysSo(t *testing.T) {
	inAccount(t)
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		t.Setenv(name, "")
	}
	if code, _, errs := call(t, nil, "platform", "verify", "--platform", shipped); code != exitFault || !strings.Contains(errs, "there are no AWS credentials: log in") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestTheEnvironmentSaysWhetherTheCDKWasThere(t *testing.T) {
	a, _ := inAccount(t)
	if code, out, errs := call(t, nil, "platform", "environment", "--platform", shipped); code != exitWell || out != "aws://111122223333/eu-west-1\n" || !strings.Contains(errs, "cluster.admins names nobody") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	a.Stacks = append(a.Stacks, &standin.Stack{Name: "CDKToolkit", Status: "CREATE_COMPLETE"})
	if code, out, errs := call(t, nil, "platform", "environment", "--platform", shipped); code != exitWell || out != "aws://111122223333/eu-west-1 bootstrapped\n" {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	a.Deny["GetCallerIdentity"] = true
	if code, _, errs := call(t, nil, "platform", "environment", "--platform", shipped); code != exitFault || !strings.Contains(errs, "AWS does not take the credentials: log in again") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
