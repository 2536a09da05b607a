package boot

import (
	"io"
	"log/slog"

	"k8s.io/klog/v2"

	"github.com/sluice-flink/sluice/internal/redact"
)

// logTo sends everything that a function and its libraries log (log/slog, log,
// and klog, which Kubernetes' client uses) to one place, a JSON object a line,
// without what looks like a secret.
func logTo(out io.Writer) {
	logger := slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{ReplaceAttr: clean}))
	slog.SetDefault(logger) // log.Print goes there, too
	klog.SetSlogLogger(logger)
}

// clean redacts an attribute: by its key, else by what its value looks like.
func clean(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
		return a
	}
	if redact.SensitiveKey(a.Key) {
		return slog.String(a.Key, redact.Mark)
	}
	if kind := a.Value.Kind(); kind == slog.KindString || kind == slog.KindAny {
		return slog.String(a.Key, redact.Text(a.Value.String()))
	}
	return a
}
