package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// applied are the names of the objects that a manifest applies, each as kind/name.
func applied(t *testing.T, r resource) []string {
	t.Helper()
	var objects []struct {
		Kind     string
		Metadata struct{ Name string }
	}
	if err := json.Unmarshal([]byte(text(r.Properties["Manifest"])), &objects); err != nil {
		t.Fatalf("%v: %s", err, text(r.Properties["Manifest"]))
	}
	var names []string
	for _, o := range objects {
		names = append(names, o.Kind+"/"+o.Metadata.Name)
	}
	return names
}

// The CDK's provider creates what it is told first, and undoes nothing of a creation
// that failed: objects that it had come to by then would be in the way of the next.
func TestACreationThatDiedHalfWayIsNotInTheWayOfTheNext(t *testing.T) {
	several := 0
	for _, stack := range made(t) {
		for id, r := range read(t, stack).ofType(kubeObject) {
			names := applied(t, r)
			if len(names) > 1 {
				several++
			}
			if takesOver := r.Properties["Overwrite"] == true; takesOver != (len(names) > 1 || r.DeletionPolicy == "Retain") {
				t.Errorf("%s: %s takes over what is there: %t, and applies %v", stack, id, takesOver, names)
			}
		}
	}
	if several == 0 {
		t.Error("nothing applies several objects")
	}
}

// Of several objects kubectl prunes no NetworkPolicy that is gone: what a team had
// opened would stay open.
func TestWhatATeamOpensIsClosedWhenItsFileNoLongerSaysIt(t *testing.T) {
	for stack, want := range map[string]bool{teamStack: false, "other-team-search": true} {
		alone := false
		for id, r := range read(t, stack).ofType(kubeObject) {
			names := applied(t, r)
			alone = alone || slices.Equal(names, []string{"NetworkPolicy/own-egress"})
			if len(names) > 1 && slices.Contains(names, "NetworkPolicy/own-egress") {
				t.Errorf("%s: %s applies it with others: %v", stack, id, names)
			}
		}
		if alone != want {
			t.Errorf("%s opens something of its own: %t", stack, alone)
		}
	}
}

// A stack that stops taking something is deployed after the one that gives it, which
// CloudFormation does not let take back what is still held.
func TestWhatAStackGivesItGivesWhetherAnotherTakesItOrNot(t *testing.T) {
	always := map[string]bool{} // by who is there in every platform
	for id := range importsOf(t, "sluice-eventplane") {
		always[id] = true
	}
	for _, stack := range []string{"sluice-cluster", "sluice-data", "sluice-eventplane"} {
		held := 0
		for id, output := range read(t, stack).Outputs {
			name := text(at(output, "Export", "Name"))
			if !strings.HasPrefix(id, "ExportsOutput") || always[name] {
				continue
			}
			held++
			if !slices.Contains(exported[stack], name) {
				t.Errorf("%s takes %s back when nobody needs it any more: give it in infra/stacks/platform.go", stack, name)
			}
		}
		if held == 0 {
			t.Errorf("%s gives nothing", stack)
		}
	}
}

// importsOf are the names of what a stack takes from others.
func importsOf(t *testing.T, stack string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, r := range read(t, stack).Resources {
		walk(r.Properties, func(object map[string]any) {
			if name, ok := object["Fn::ImportValue"].(string); ok {
				names[name] = true
			}
		})
	}
	return names
}

// The CDK's provider runs two functions for each, and fails where the account may not
// have as many.
func TestOneThingAfterTheOtherIsInstalledAndApplied(t *testing.T) {
	for _, stack := range made(t) {
		parsed := read(t, stack)
		needs := dependencies(parsed)
		var reaches func(from, to string) bool
		reaches = func(from, to string) bool {
			return slices.ContainsFunc(needs[from], func(next string) bool { return next == to || reaches(next, to) })
		}
		var all []string
		for _, kind := range []string{helmChart, kubeObject} {
			all = slices.AppendSeq(all, maps.Keys(parsed.ofType(kind)))
		}
		for i, one := range all {
			for _, other := range all[:i] {
				if !reaches(one, other) && !reaches(other, one) {
					t.Errorf("%s: %s and %s do not wait for each other", stack, one, other)
				}
			}
		}
	}
}
