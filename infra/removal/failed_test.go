package removal

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/infra/account/standin"
)

func named(t *testing.T, a *standin.AWS, name string) *standin.Stack {
	t.Helper()
	for _, s := range a.Stacks {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("there is no stack %s", name)
	return nil
}

func TestWhatWasNeverMadeIsMadeAnewAndWhatWasMadeStaysProtected(t *testing.T) {
	for status, want := range map[string][]string{
		"CREATE_COMPLETE":          nil,
		"UPDATE_ROLLBACK_COMPLETE": nil,
		"UPDATE_ROLLBACK_FAILED":   nil,
		"CREATE_FAILED":            nil, // --no-rollback: the next deployment goes on from there
		"ROLLBACK_COMPLETE":        {"UpdateTerminationProtection sluice-cluster", "UpdateClusterConfig sluice"},
		"ROLLBACK_FAILED":          {"UpdateTerminationProtection sluice-cluster", "UpdateClusterConfig sluice"},
	} {
		a, r := deployed(t)
		named(t, a, "sluice-cluster").Status = status
		if err := r.Unblock(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(a.Calls, want) {
			t.Errorf("%s: it did %v, want %v", status, a.Calls, want)
		}
		if a.Clusters["sluice"].Protected != (want == nil) {
			t.Errorf("%s: the cluster is protected: %t", status, a.Clusters["sluice"].Protected)
		}
	}
}

// A cluster that was taken back already, or that another stack made, is not touched.
func TestOnlyTheClusterOfTheStackThatFailedIsUnprotected(t *testing.T) {
	a, r := deployed(t)
	failed := named(t, a, "sluice-cluster")
	failed.Status = "ROLLBACK_COMPLETE"
	for i := range failed.Resources {
		failed.Resources[i].Status = "DELETE_COMPLETE"
	}
	named(t, a, "sluice-addons").Status = "ROLLBACK_COMPLETE"
	if err := r.Unblock(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := []string{"UpdateTerminationProtection sluice-cluster", "UpdateTerminationProtection sluice-addons"}; !slices.Equal(a.Calls, want) {
		t.Errorf("it did %v, want %v", a.Calls, want)
	}
}

func TestAnAccountWithoutThePlatformHasNothingInTheWay(t *testing.T) {
	a, r := deployed(t)
	a.Stacks = nil
	if err := r.Unblock(t.Context()); err != nil || len(a.Calls) > 0 {
		t.Errorf("%v, and it did %v", err, a.Calls)
	}
}

func TestWhatAStackThatWasNeverMadeHasLeftBehindIsSaidWithTheCommandThatRemovesIt(t *testing.T) {
	a, r := deployed(t)
	failed := named(t, a, "sluice-data")
	failed.Status = "ROLLBACK_COMPLETE"
	for i, one := range failed.Resources {
		failed.Resources[i].Status = "DELETE_COMPLETE"
		if one.Retained {
			failed.Resources[i].Status = "DELETE_SKIPPED"
		}
	}
	var said []string
	r.Say = func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
	if err := r.Unblock(t.Context()); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, line := range said {
		for kind, command := range map[string]string{"bucket": "aws s3api delete-bucket --bucket ", "key": "aws kms schedule-key-deletion --key-id "} {
			if strings.HasPrefix(line, "it left behind the "+kind+" ") && strings.Contains(line, command) {
				kinds[kind]++
			}
		}
	}
	if kinds["bucket"] != 4 || kinds["key"] != 1 {
		t.Errorf("of 4 buckets and a key it said %v:\n%s", kinds, strings.Join(said, "\n"))
	}
}
