package pattern_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/local/bus/pattern"
)

// recorded is where patterns and events lie that were tried on the real
// service: JSON5 files of localstack's tests (Apache License 2.0), which are
// not part of this project.
const recorded = "../../../../shared/corpora/event-patterns"

func TestPatternsDoWhatTheRealServiceDid(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(recorded, "*.json5"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("the recorded patterns are not there: put localstack's event_pattern_templates into %s", recorded)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json5")
		t.Run(name, func(t *testing.T) {
			var c struct{ Event, EventPattern json.RawMessage }
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(plain(text), &c); err != nil {
				t.Fatal(err)
			}
			p, err := pattern.Compile(c.EventPattern)
			if refused := err != nil; refused != strings.HasSuffix(name, "_EXC") {
				t.Fatalf("the service and we disagree whether the pattern is valid: %v", err)
			}
			if err != nil {
				return
			}
			got, err := p.Matches(c.Event)
			if want := !strings.HasSuffix(name, "_NEG"); err != nil || got != want {
				t.Errorf("got %v, the service said %v (%v)", got, want, err)
			}
		})
	}
}

// plain turns the JSON5 of the recorded files into JSON: no comments, no trailing commas.
func plain(text []byte) []byte {
	var out []byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			end := i + 1
			for text[end] != '"' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			out = append(out, text[i:end+1]...)
			i = end
		case c == '/' && text[i+1] == '/':
			for i < len(text) && text[i] != '\n' {
				i++
			}
		case c == '}' || c == ']':
			out = append(trimComma(out), c)
		default:
			out = append(out, c)
		}
	}
	return out
}

func trimComma(out []byte) []byte {
	trimmed := strings.TrimRight(string(out), " \t\r\n")
	return []byte(strings.TrimSuffix(trimmed, ","))
}
