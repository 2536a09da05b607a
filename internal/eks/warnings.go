package eks

import (
	"log/slog"

	"github.com/sluice-flink/sluice/internal/flink"
)

// warnings logs what the API server and its admission rules say beside an
// answer. They are others' words: they may quote the object that was sent.
type warnings struct{}

// HandleWarningHeader implements rest.WarningHandler. 299 is the code of every
// warning that Kubernetes gives.
func (warnings) HandleWarningHeader(code int, _, text string) {
	if code == 299 && text != "" {
		slog.Warn("the API server warns", "text", flink.Foreign(text, flink.MaxLine))
	}
}
