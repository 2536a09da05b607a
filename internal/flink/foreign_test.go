package flink_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sluice-flink/sluice/internal/flink"
)

func TestAnErrorsSentenceIsBoundedAndWithoutSecrets(t *testing.T) {
	inner := errors.New("refused: password=hunter2 \x1b[31m" + strings.Repeat("<&>", 1<<20))
	for name, err := range map[string]error{
		"made":            flink.Errorf(flink.Refused, "apply", "%w", inner),
		"wrapped":         &flink.Error{Code: flink.Refused, Op: "apply", Err: inner},
		"wrapped twice":   flink.Errorf(flink.Refused, "apply", "%w", &flink.Error{Code: flink.Refused, Op: "write", Err: inner}),
		"without a doing": &flink.Error{Code: flink.Refused, Err: inner},
	} {
		t.Run(name, func(t *testing.T) {
			said := err.Error()
			body, _ := json.Marshal(said)
			if strings.Contains(said, "hunter2") || strings.Contains(said, "\x1b") || len(body) > flink.MaxSentence+2 {
				t.Errorf("%d bytes: %.200s", len(body), said)
			}
			if !strings.Contains(said, "refused: password=***") || !strings.HasSuffix(said, "(cut)") {
				t.Errorf("it says %.200s … %s", said, said[len(said)-20:])
			}
			if !errors.Is(err, inner) || flink.CodeOf(err) != flink.Refused {
				t.Error("what lies below is lost")
			}
		})
	}
}

func TestAForeignTextKeepsItsLinesAndItsEnd(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "",
		"two\nlines":               "two\nlines",
		"a\ttab\r\n":               "a tab \n",
		"bell\a, \u202eback, \x9b": "bell, back, \uFFFD",
		"ünïcode 漢字":               "ünïcode 漢字",
		"\xff\xfe":                 "\uFFFD",
	} {
		if got := flink.Foreign(text, flink.MaxLine); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	long := strings.Repeat("x", 2*flink.MaxLine)
	if got := flink.Foreign(long, flink.MaxLine); len(got) != flink.MaxLine || !strings.HasSuffix(got, "x… (cut)") {
		t.Errorf("%d bytes ending in %q", len(got), got[len(got)-12:])
	}
	if exact := strings.Repeat("x", flink.MaxLine); flink.Foreign(exact, flink.MaxLine) != exact {
		t.Error("a text that fits is cut")
	}
}

func FuzzAForeignTextFits(f *testing.F) {
	f.Add("password=\"a\\\"b\"", 40)
	f.Add(strings.Repeat("<", 300), 100)
	f.Add("\xff\u2028\x00漢", 30)
	f.Fuzz(func(t *testing.T, text string, most int) {
		if most < 32 || most > 1<<16 {
			return
		}
		got := flink.Foreign(text, most)
		body, err := json.Marshal(got)
		if err != nil || len(body) > most+2 || !utf8.ValidString(got) {
			t.Errorf("%d bytes of JSON for %d: %v", len(body), most, err)
		}
		if again := flink.Foreign(got, most); len(again) > len(got)+16 {
			t.Errorf("it grows: %s", fmt.Sprintf("%q to %q", got, again))
		}
	})
}
