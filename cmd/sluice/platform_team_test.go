package main

import (
	"slices"
	"strings"
	"testing"
)

func TestATeamIsRemovedAloneAndOnlyByItsName(t *testing.T) {
	a := removable(t)
	for want, args := range map[string][]string{
		`the platform's file names no team "z", but a`: {"z", "--yes", "z"},
		`--yes is "b", and the team is "a"`:            {"a", "--yes", "b"},
		"nobody can be asked here: say --yes a":        {"a"},
	} {
		if code, _, errs := call(t, nil, append([]string{"platform", "remove-team", "--platform", shipped}, args...)...); code != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("exit %d: %s", code, errs)
		}
	}
	code, out, errs := call(t, nil, "platform", "remove-team", "a", "--platform", shipped, "--dry-run")
	if code != exitWell || !strings.Contains(out, "delete the namespace flink-team-a-ns, with everything that is in it\nNothing was removed.") || len(a.Calls) > 0 {
		t.Errorf("exit %d: %s%s, changed %v", code, out, errs, a.Calls)
	}
	code, out, errs = call(t, nil, "platform", "remove-team", "a", "--platform", shipped, "--yes", "a")
	if code != exitWell || !strings.Contains(out, "Take it out of "+shipped+", and deploy.") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if want := []string{"UpdateTerminationProtection sluice-team-a", "DeleteStack sluice-team-a"}; !slices.Equal(a.Calls, want) {
		t.Errorf("it did %v, want %v", a.Calls, want)
	}
}
