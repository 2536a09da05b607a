package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/infra/account/standin"
)

// removable is the account without the cluster and without a ledger to ask: what
// they are asked is tried on a real Kubernetes API and a real object store.
func removable(t *testing.T) *standin.AWS {
	t.Helper()
	a, _ := inAccount(t)
	clear(a.Clusters)
	clear(a.Buckets)
	for _, s := range a.Stacks {
		delete(s.Outputs, "LedgerBucketName")
	}
	return a
}

func TestDestroyRefusesWhenNobodyCanBeAsked(t *testing.T) {
	a := removable(t)
	for want, args := range map[string][]string{
		"nobody can be asked here: say --yes sluice": {"platform", "destroy", "--platform", shipped},
		`--yes is "other"`:                           {"platform", "destroy", "--platform", shipped, "--yes", "other"},
	} {
		if code, _, errs := call(t, nil, args...); code != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("exit %d: %s", code, errs)
		}
	}
	if len(a.Calls) > 0 {
		t.Errorf("it changed %v", a.Calls)
	}
}

func TestDestroyAsksForThePlatformsNameAndDoesNothingForAnother(t *testing.T) {
	a := removable(t)
	for _, c := range []struct {
		answer string
		exit   int
		gone   bool
	}{{"yes", exitFault, false}, {"sluice", exitWell, true}} {
		var out, errs bytes.Buffer
		p := &program{out: &out, err: &errs, env: func(string) string { return "" }, poll: time.Millisecond}
		p.prompt = func(question string) (string, error) {
			if len(a.Calls) > 0 || !strings.Contains(question, "sluice") || !strings.Contains(out.String(), "1. switch off the rules") {
				t.Errorf("it asks %q after %v, having said %s", question, a.Calls, out.String())
			}
			return c.answer, nil
		}
		if code := p.run(t.Context(), []string{"platform", "destroy", "--platform", shipped}); code != c.exit {
			t.Errorf("%s: exit %d: %s", c.answer, code, errs.String())
		}
		if gone := a.Named() == ""; gone != c.gone {
			t.Errorf("%s: there is %q", c.answer, a.Named())
		}
	}
}

func TestADryRunChangesNothing(t *testing.T) {
	a := removable(t)
	code, out, errs := call(t, nil, "platform", "destroy", "--platform", shipped, "--dry-run")
	if code != exitWell || len(a.Calls) > 0 {
		t.Errorf("exit %d: %s, changed %v", code, errs, a.Calls)
	}
	for _, want := range []string{"delete the stack sluice-network\n", "delete Karpenter's pools", "Nothing was removed", "aws kms schedule-key-deletion --key-id sluice-data-"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
}

func TestDestroyLeavesAPlatformWhoseClusterItCannotReach(t *testing.T) {
	a, _ := inAccount(t)
	for _, s := range a.Stacks {
		delete(s.Outputs, "LedgerBucketName")
	}
	code, _, errs := call(t, nil, "platform", "destroy", "--platform", shipped, "--yes", "sluice")
	if code != exitFault || !strings.Contains(errs, "the cluster sluice is there and cannot be used") || !strings.Contains(errs, "run this inside its VPC") || len(a.Calls) > 0 {
		t.Errorf("exit %d: %s, changed %v", code, errs, a.Calls)
	}
}
