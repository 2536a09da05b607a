package eks

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	kube "k8s.io/client-go/rest"

	"github.com/sluice-flink/sluice/internal/flink"
)

var fraudApp = flink.Application{Namespace: "team-a", Name: "fraud"}

// behind is a Target whose API server is that handler.
func behind(t *testing.T, server http.Handler) *Target {
	t.Helper()
	s := httptest.NewServer(server)
	t.Cleanup(s.Close)
	target, err := newTarget(&kube.Config{Host: s.URL}, Apache)
	if err != nil {
		t.Fatal(err)
	}
	target.poll, target.patience = time.Millisecond, 10*time.Millisecond
	return target
}

// callAll makes every call of the port.
func callAll(t *testing.T, target *Target) map[string]error {
	t.Helper()
	ctx := t.Context()
	d := flink.Desired{Application: fraudApp, Run: flink.Running, Fence: 3, Release: "r", Step: "apply", Restore: flink.Restore{Kind: flink.RestoreNothing},
		Revision: flink.Revision{ID: "a", Manifest: map[string]any{"kind": "FlinkDeployment", "apiVersion": "flink.apache.org/v1beta1"},
			Jar: flink.PinnedJar{Bucket: "b", Key: "k.jar", SHA256: strings.Repeat("0", 64), EntryClass: "Job"}}}
	request := flink.SnapshotRequest{Application: fraudApp, JobID: strings.Repeat("a", 32), ID: "x", Directory: "s3://b/s", Fence: 3}
	said := map[string]error{}
	_, said["Observe"] = target.Observe(ctx, fraudApp)
	said["Apply"] = target.Apply(ctx, d)
	d.DryRun = true
	said["Apply, dry"] = target.Apply(ctx, d)
	said["StartSnapshot"] = target.StartSnapshot(ctx, request)
	_, said["Snapshot"] = target.Snapshot(ctx, request)
	said["RemoveSnapshot"] = target.RemoveSnapshot(ctx, fraudApp, "s3://b/s/1")
	said["Remove"] = target.Remove(ctx, fraudApp, 3)
	return said
}

// TestAnAnswerThatIsCutAnywhereIsAnErrorOrWhole: the recorded resource, cut at
// every few bytes, with the length said right, too long, or not at all.
func TestAnAnswerThatIsCutAnywhereIsAnErrorOrWhole(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join("testdata", "facts", "1-stable.json"))
	if err != nil {
		t.Fatal(err)
	}
	cutAt, length := 0, ""
	target := behind(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if length != "" {
			w.Header().Set("Content-Length", length)
		}
		_, _ = w.Write(whole[:cutAt])
	}))
	for cutAt = 0; cutAt < len(whole)-2; cutAt += 501 {
		for _, length = range []string{"", strconv.Itoa(len(whole))} {
			for call, err := range callAll(t, target) {
				if err == nil && call != "Observe" { // of Flink nothing can be read either, which is a fact
					t.Fatalf("%s takes %d of %d bytes for an answer", call, cutAt, len(whole))
				}
				coded(t, call, err)
			}
		}
	}
}

func coded(t *testing.T, call string, err error) {
	t.Helper()
	if err != nil && flink.CodeOf(err) == flink.Internal {
		t.Errorf("%s: %.300v", call, err)
	}
	if err != nil && len(err.Error()) > 3*flink.MaxSentence {
		t.Errorf("%s says %d bytes", call, len(err.Error()))
	}
}

func TestAnAPIServerThatAnswersBadlyIsAnErrorWithinBounds(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"a body without end":       func(w http.ResponseWriter, _ *http.Request) { flood(w) },
		"a refusal without end":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden); flood(w) },
		"a gzip bomb":              bomb,
		"a page":                   saying(200, "<html>Log in</html>"),
		"a page that fails":        saying(500, "<html>"+strings.Repeat("oops ", 1<<16)),
		"nothing":                  saying(200, ""),
		"null":                     saying(200, "null"),
		"a list":                   saying(200, "[]"),
		"a text":                   saying(200, `"x"`),
		"a long refusal":           saying(422, statusBody(422, "Invalid", strings.Repeat("no ", 1<<17), `"causes":null`)),
		"a status without details": saying(409, `{"kind":"Status","apiVersion":"v1","status":"Failure","code":409}`),
		"a status of success":      saying(200, `{"kind":"Status","apiVersion":"v1","status":"Success"}`),
		"a status of no code":      saying(404, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"x","details":null}`),
		"very many causes":         saying(409, statusBody(409, "Conflict", "x", `"causes":[`+strings.TrimSuffix(strings.Repeat(`{"reason":"FieldManagerConflict","message":"m","field":"f"},`, 10_000), ",")+`]`)),
	} {
		t.Run(name, func(t *testing.T) {
			target := behind(t, answer)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for call, err := range callAll(t, target) {
				coded(t, call, err)
			}
			runtime.ReadMemStats(&after)
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 3<<10 { // of some 30 answers, one after the other
				t.Errorf("%d MiB were allocated", used)
			}
		})
	}
}

func TestAResourceWithWrongTypesEverywhereIsRead(t *testing.T) {
	for i, object := range wrongEverywhere {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			body := `{"apiVersion":"v1","kind":"X",` + strings.TrimPrefix(strings.TrimPrefix(object, "{"), "}")
			if object == "{}" {
				body = `{"apiVersion":"v1","kind":"X"}`
			}
			for call, err := range callAll(t, behind(t, saying(200, body))) {
				if err != nil && len(err.Error()) > 3*flink.MaxSentence {
					t.Errorf("%s: %.300v", call, err)
				}
			}
		})
	}
}

func saying(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func flood(w io.Writer) {
	for block := strings.Repeat("x", 1<<16); ; {
		if _, err := io.WriteString(w, block); err != nil {
			return
		}
	}
}

// packed is an object of 20 MiB in some 20 KiB.
var packed = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = fmt.Fprintf(z, `{"kind":"X","apiVersion":"v1","metadata":{"name":"%s"}}`, strings.Repeat(" ", 20<<20))
	_ = z.Close()
	return b.Bytes()
})

func bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Encoding", "gzip")
	_, _ = w.Write(packed())
}
