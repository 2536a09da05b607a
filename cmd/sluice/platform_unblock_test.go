package main

import (
	"slices"
	"strings"
	"testing"
)

func TestAStackThatWasNeverMadeIsUnblockedAndSaidSo(t *testing.T) {
	a := removable(t)
	if code, out, errs := call(t, nil, "platform", "unblock", "--platform", shipped); code != exitWell || out+errs != "" || len(a.Calls) > 0 {
		t.Errorf("where nothing failed: exit %d: %s%s, changed %v", code, out, errs, a.Calls)
	}
	for _, s := range a.Stacks {
		if s.Name == "sluice-addons" {
			s.Status = "ROLLBACK_COMPLETE"
		}
	}
	code, out, errs := call(t, nil, "platform", "unblock", "--platform", shipped)
	if code != exitWell || !strings.Contains(out+errs, "the stack sluice-addons was never made (ROLLBACK_COMPLETE): it may be deleted, and is made anew") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if want := []string{"UpdateTerminationProtection sluice-addons"}; !slices.Equal(a.Calls, want) {
		t.Errorf("it did %v, want %v", a.Calls, want)
	}
}
