package local

import (
	"io"
	"log"
)

// logger writes lines with the time of day; nil writers are nowhere.
type logger struct{ lines *log.Logger }

func newLogger(w io.Writer) *logger {
	if w == nil {
		w = io.Discard
	}
	return &logger{lines: log.New(w, "", log.Ltime|log.Lmicroseconds)}
}

func (l *logger) printf(format string, args ...any) { l.lines.Printf(format, args...) }
