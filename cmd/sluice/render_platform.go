package main

import (
	"fmt"
	"strings"

	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/verify"
)

// renderFindings is a line for each finding, by part, and the sum.
func renderFindings(p platform.Platform, all []verify.Finding) string {
	var b strings.Builder
	for _, f := range all {
		if f.OK() {
			fmt.Fprintf(&b, "ok     %s: %s\n", f.Part, f.What)
			continue
		}
		fmt.Fprintf(&b, "fault  %s: %s: %s\n       do: %s\n", f.Part, f.What, f.Fault, f.Do)
	}
	faults := len(verify.Faults(all))
	if faults == 0 {
		fmt.Fprintf(&b, "\n%s in %s is as its file says: %d things were looked at\n", p.Name, p.Region, len(all))
	} else {
		fmt.Fprintf(&b, "\n%s in %s: %d of %d things are not as the file says\n", p.Name, p.Region, faults, len(all))
	}
	return b.String()
}

// renderSteps says what a removal does, in order, before anybody is asked.
func renderSteps(a destroyAnswer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "To remove %s from %s:\n", a.Platform, a.Environment)
	for i, step := range a.Steps {
		fmt.Fprintf(&b, "%3d. %s\n", i+1, step)
	}
	b.WriteString("Buckets and keys that the stacks retain stay: they are listed at the end.\n")
	return b.String()
}

// renderDestroyed says what stays, what was retained on purpose first.
func renderDestroyed(a destroyAnswer, dryRun bool) string {
	var b strings.Builder
	if dryRun {
		b.WriteString(renderSteps(a) + "Nothing was removed. What would stay, or is there already in no stack:\n")
	} else {
		fmt.Fprintf(&b, "%s is removed from %s. What is still billed:\n", a.Platform, a.Environment)
	}
	for _, kept := range []bool{true, false} {
		for _, left := range a.Left {
			if left.Kept == kept {
				fmt.Fprintf(&b, "%s %s%s\n       %s\n", left.What, left.ID, inBrackets(left.About), left.Remove)
			}
		}
	}
	if len(a.Left) == 0 && len(a.Unseen) == 0 {
		b.WriteString("nothing\n")
	}
	for _, why := range a.Unseen {
		fmt.Fprintf(&b, "not looked at: %s\n", why)
	}
	return b.String()
}

func inBrackets(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}
