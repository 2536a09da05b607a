package main

import (
	"path"
	"strings"
	"text/tabwriter"
	"time"
)

// clock is a moment, in UTC to the second.
func clock(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// lasted is a length of time to the tenth of a second.
func lasted(d time.Duration) string { return d.Round(100 * time.Millisecond).String() }

// base is the last part of a path or URI.
func base(p string) string { return path.Base(strings.TrimRight(p, "/")) }

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// table aligns rows; the last cell of a row is not padded.
func table(rows [][]string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		_, _ = w.Write([]byte(strings.Join(row, "\t") + "\n")) // a Builder takes everything
	}
	_ = w.Flush()
	return b.String()
}

// fields is a table of labels and values; further lines of a value stand below its first.
type fields [][]string

func (f *fields) add(label, value string) {
	for i, line := range strings.Split(strings.TrimRight(value, "\n"), "\n") {
		if i > 0 {
			label = ""
		}
		*f = append(*f, []string{"  " + label, line})
	}
}

// addIf adds a value that is there.
func (f *fields) addIf(label, value string) {
	if value != "" {
		f.add(label, value)
	}
}
