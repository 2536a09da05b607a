package eks

import "github.com/sluice-flink/sluice/internal/flink"

var _ flink.Noter = (*Target)(nil)

// Notes implements flink.Noter. An adoption and a scaling in place write nothing
// of the manifest but what they are for.
func (t *Target) Notes(d flink.Desired) []string {
	if d.Adopt || d.InPlace {
		return nil
	}
	rendered, err := Render(d, Situation{Operator: t.operator})
	if err != nil {
		return nil
	}
	return rendered.Notes
}
