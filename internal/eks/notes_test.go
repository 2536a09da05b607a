package eks

import (
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

func TestWhatIsTranslatedOrLeftOutIsNoted(t *testing.T) {
	d := flink.Desired{Run: flink.Running, Restore: flink.Restore{Kind: flink.RestoreNothing}, Revision: flink.Revision{Manifest: map[string]any{
		"kind": "FlinkDeployment", "spec": map[string]any{"image": "flink:1.20", "emrReleaseLabel": "emr-7.2.0-flink-latest", "job": map[string]any{"jarURI": "local:///opt/fraud.jar"}},
	}}}
	if notes := (&Target{operator: Apache}).Notes(d); len(notes) != 1 || !strings.Contains(notes[0], "emrReleaseLabel") {
		t.Errorf("the Apache operator: %q", notes)
	}
	if notes := (&Target{operator: EMR}).Notes(d); len(notes) != 0 {
		t.Errorf("EMR's operator: %q", notes)
	}
	d.Adopt = true
	if notes := (&Target{operator: Apache}).Notes(d); len(notes) != 0 {
		t.Errorf("an adoption writes nothing of it: %q", notes)
	}
}
