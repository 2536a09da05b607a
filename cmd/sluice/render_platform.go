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
