package rest_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink/rest"
	"github.com/sluice-flink/sluice/internal/flink/rest/resttest"
)

// served is a client of a server that answers every request in the same way.
func served(t *testing.T, answer http.HandlerFunc) *rest.Client {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return rest.New(server.URL, nil)
}

// TestAnAnswerThatIsCutAnywhereIsNeverTakenForWhole cuts recorded answers at
// every byte, with a length that is right for the whole, or with none.
func TestAnAnswerThatIsCutAnywhereIsNeverTakenForWhole(t *testing.T) {
	for _, name := range []string{"jobs-overview", "jobs-id-checkpoints", "jobs-id-exceptions-restartloop", "savepoint-poll-failed", "jobs-id-metrics-get"} {
		t.Run(name, func(t *testing.T) {
			whole := resttest.Sample(t, "1.20", name).Response
			at, length := 0, false
			client := served(t, func(w http.ResponseWriter, _ *http.Request) {
				if length {
					w.Header().Set("Content-Length", strconv.Itoa(len(whole)))
				}
				_, _ = w.Write(whole[:at])
			})
			call := calls[map[string]string{"jobs-overview": "Overview", "jobs-id-checkpoints": "Checkpoints", "jobs-id-exceptions-restartloop": "Exceptions",
				"savepoint-poll-failed": "SavepointStatus", "jobs-id-metrics-get": "Metrics"}[name]]
			step := max(1, len(bytes.TrimSpace(whole))/200)
			for at = 0; at < len(bytes.TrimSpace(whole)); at += step {
				length = !length
				if _, err := call(t.Context(), client); rest.CodeOf(err) != rest.Unavailable {
					t.Fatalf("%d of %d bytes: %s, %v", at, len(whole), rest.CodeOf(err), err)
				}
			}
		})
	}
}

func TestAJobManagerThatAnswersBadlyIsAnErrorWithinBounds(t *testing.T) {
	const mebi = 1 << 20
	history := `{"exceptionHistory":{"entries":[` + strings.TrimSuffix(strings.Repeat(`{"exceptionName":"a.B","stacktrace":"a.B: x\n\tat y","taskName":"t"},`, 50_000), ",") + `]}}`
	for name, answer := range map[string]http.HandlerFunc{
		"a body without end":            func(w http.ResponseWriter, _ *http.Request) { flood(w) },
		"an error without end":          func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError); flood(w) },
		"a gzip bomb":                   func(w http.ResponseWriter, _ *http.Request) { zipped(w, 32*mebi) },
		"fifty thousand exceptions":     saying(200, history),
		"an exception of megabytes":     saying(200, `{"exceptionHistory":{"entries":[{"stacktrace":"`+strings.Repeat(`Caused by: a.B: x\n`, 300_000)+`"}]}}`),
		"an error of a million reasons": saying(500, `{"errors":[`+strings.TrimSuffix(strings.Repeat(`"x",`, 1<<20), ",")+`]}`),
		"jobs without end":              saying(200, `{"jobs":[`+strings.TrimSuffix(strings.Repeat(`{"jid":"`+anyJob+`","state":"RUNNING"},`, 100_000), ",")+`]}`),
		"brackets":                      saying(200, strings.Repeat("[", 4*mebi)),
		"wrong types":                   saying(200, `{"jobs":{},"counts":[],"exceptionHistory":"x","root-exception":[],"status":1,"latest":[],"errors":{}}`),
		"numbers that are too large":    saying(200, `{"jobs":[{"jid":"`+anyJob+`","state":"x","start-time":1e400}],"counts":{"completed":1e30}}`),
		"a page":                        saying(500, "<html><body>"+strings.Repeat("oops ", 1<<16)),
		"a length that is a lie": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99999")
			_, _ = io.WriteString(w, "{")
		},
		"a header of a hundred kilobyte": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Y", strings.Repeat("z", 100<<10))
			_, _ = io.WriteString(w, "{}")
		},
	} {
		t.Run(name, func(t *testing.T) {
			client := served(t, answer)
			for call, do := range calls {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				_, err := do(t.Context(), client)
				runtime.ReadMemStats(&after)
				if err != nil && (rest.CodeOf(err) == "" || len(err.Error()) > 1500) {
					t.Errorf("%s: %d bytes: %.200s", call, len(err.Error()), err)
				}
				if used := (after.TotalAlloc - before.TotalAlloc) / mebi; used > 256 {
					t.Errorf("%s: %d MiB were allocated", call, used)
				}
			}
		})
	}
}

func saying(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func flood(w io.Writer) {
	for block := bytes.Repeat([]byte("x"), 1<<16); ; {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

func zipped(w http.ResponseWriter, size int) {
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	for block := bytes.Repeat([]byte(" "), 1<<20); size > 0; size -= len(block) {
		if _, err := z.Write(block); err != nil {
			return
		}
	}
	_ = z.Close()
}
