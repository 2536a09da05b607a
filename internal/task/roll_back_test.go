package task

import (
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

func TestAnAdoptionThatCameToNothingSaysWhetherSomebodyCalledItOff(t *testing.T) {
	for name, c := range map[string]struct {
		of     Release
		reason flink.Reason
		again  bool
	}{
		"it failed":         {Release{Message: "Apply failed: Sluice.Refused no"}, flink.Broken, true},
		"it was called off": {Release{Message: "bob called it off: because", CalledOff: true}, flink.Cancelled, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.of.notTakenOver()
			if r.Outcome != flink.FailedClean || r.Reason != c.reason || !strings.HasPrefix(r.Message, c.of.Message) || strings.Contains(r.Message, "try again") != c.again {
				t.Errorf("it ends %s %s: %s", r.Outcome, r.Reason, r.Message)
			}
		})
	}
}
