package manifest

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// hostile are documents made to take time or memory.
func hostile() map[string]string {
	laughs := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'l'; c++ {
		laughs += fmt.Sprintf("%c: &%c [%s*%c]\n", c, c, strings.Repeat(fmt.Sprintf("*%c,", c-1), 9), c-1)
	}
	merges := "a: &a {k0: 1}\n"
	for i := 1; i < 200; i++ {
		merges += fmt.Sprintf("m%d: &m%d {<<: [*a, *a, *a], k%d: 1}\n", i, i, i)
	}
	chain := "c0: &c0 {x: {y: z}}\n"
	for i := 1; i < 60; i++ {
		chain += fmt.Sprintf("c%d: &c%d {<<: *c%d, a: *c%d, b: *c%d}\n", i, i, i-1, i-1, i-1)
	}
	wide := strings.Builder{}
	for i := range 60_000 {
		fmt.Fprintf(&wide, "k%d: 1\n", i)
	}
	return map[string]string{
		"aliases of aliases":        laughs,
		"merges of merges":          merges,
		"merges and aliases":        chain,
		"an anchor within itself":   "a: &a {b: *a}\n",
		"a merge of itself":         "a: &a\n  <<: *a\n",
		"sixty thousand keys":       wide.String(),
		"sixty thousand equal keys": strings.Repeat("k: 1\n", 60_000),
		"brackets":                  strings.Repeat("[", 1<<19),
		"braces":                    strings.Repeat("{a: ", 1<<17),
		"question marks":            strings.Repeat("? ", 1<<19),
		"dashes":                    strings.Repeat("- ", 1<<19),
		"deeper and deeper":         deeper(900),
		"a quote without end":       `a: "` + strings.Repeat(`\u0041`, 1<<17),
		"a text block without end":  "a: |\n" + strings.Repeat("  x\n", 1<<18),
		"folded lines":              "a: " + strings.Repeat("x\n  ", 1<<18),
		"comments":                  strings.Repeat("#\n", 1<<19),
		"anchors":                   strings.Repeat("- &aaaaaaaa x\n", 70_000),
		"tags":                      strings.Repeat("- !!binary x\n", 70_000),
		"directives":                strings.Repeat("%TAG ! tag:x:\n", 1000),
		"placeholders":              "a: \"" + strings.Repeat("${X}", 1<<18) + "\"",
		"a megabyte of one line":    "a: " + strings.Repeat("x", 1<<20-10),
		"numbers":                   "a: " + strings.Repeat("9", 1<<19),
	}
}

func deeper(levels int) string {
	var b strings.Builder
	for i := range levels {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func TestAHostileDocumentIsRefusedWithinBounds(t *testing.T) {
	const most = 256 << 20 // bytes allocated in all, for documents of at most 1 MiB
	for name, doc := range hostile() {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Parse([]byte(doc), fraud, map[string]string{"X": strings.Repeat("x", 1000)})
			runtime.ReadMemStats(&after)
			var faults *Faults
			if !errors.As(err, &faults) {
				t.Fatalf("it was taken: %v", err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > most {
				t.Errorf("%d MiB were allocated for %d KiB", used>>20, len(doc)>>10)
			}
		})
	}
}
