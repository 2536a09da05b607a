package flink

import (
	"strings"
	"unicode/utf8"

	"github.com/sluice-flink/sluice/internal/redact"
)

// Bounds of what is told, in bytes of JSON. With them a release's document
// stays well under the 256 KiB that Step Functions and EventBridge take
// (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
const (
	MaxSentence = 8 << 10 // of an error, or of how a release ended
	MaxLine     = 1 << 10 // of a fact that is observed, or a line of a timeline
	MaxAddress  = 2 << 10 // of a place in a store: keys in S3 end at 1,024 bytes
)

// lookedAt is how much of a text is read at all, as a multiple of what may be
// told: others may answer megabytes.
const lookedAt = 4

// Foreign makes a text that others wrote fit to be told: without what looks
// like a secret, without control characters but line breaks, in UTF-8, and at
// most so many bytes long as a JSON string. What was cut is marked.
func Foreign(text string, most int) string {
	cut := len(text) > lookedAt*most
	if cut {
		text = text[:lookedAt*most]
	}
	text = fit(strings.Map(printable, strings.ToValidUTF8(redact.Text(text), "\uFFFD")), most)
	if cut && !strings.HasSuffix(text, cutMark) {
		text = fit(text+" "+cutMark, most)
	}
	return text
}

const cutMark = "… (cut)"

// printable drops what could pretend to be another line of a log, or steer a terminal.
func printable(r rune) rune {
	switch {
	case r == '\n':
		return r
	case r == '\t', r == '\r', r == '\v', r == '\f':
		return ' '
	case r < ' ', r >= 0x7f && r < 0xa0, r == '\u2028', r == '\u2029', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return -1
	}
	return r
}

// unprintable characters have no place in a name that people read.
func unprintable(r rune) bool { return r == '\n' || r == utf8.RuneError || printable(r) != r }

// fit cuts a text to so many bytes of JSON, between runes.
func fit(text string, most int) string {
	size, end := 0, -1 // end: where a cut text would end, with its mark
	for i, r := range text {
		if end < 0 && size+jsonSize(r)+len(cutMark) > most {
			end = i
		}
		if size += jsonSize(r); size > most {
			return text[:end] + cutMark
		}
	}
	return text
}

// jsonSize is what encoding/json makes of a rune, in bytes.
func jsonSize(r rune) int {
	switch r {
	case '"', '\\', '\n':
		return 2
	case '<', '>', '&':
		return 6
	}
	return utf8.RuneLen(r)
}
