package ledger_test

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

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// answering is a ledger in a bucket that answers every request in the same way.
func answering(t *testing.T, answer http.HandlerFunc) ledger.Store {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	client := s3.New(s3.Options{Region: "eu-west-1", BaseEndpoint: aws.String(server.URL), UsePathStyle: true, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "planted-secret-key", "planted-session-token")})
	return ledger.New(ledger.S3{Client: client, Bucket: "ledger"})
}

func TestABucketThatAnswersBadlyIsAnErrorWithinBounds(t *testing.T) {
	whole := []byte(documents[0])
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   flink.Code
	}{
		"a body without end":                  {endless, flink.Invalid},
		"a hundred megabytes of brackets":     {repeated("[", 100<<20), flink.Invalid},
		"a body shorter than it said":         {cut(whole, len(whole)+10), flink.Unavailable},
		"a body that is cut":                  {body(200, whole[:len(whole)-20]), flink.Internal},
		"a document in gzip, which is said":   {zipped(whole, true), flink.Internal},
		"a document in gzip, which is unsaid": {zipped(whole, false), flink.Internal},
		"a gzip bomb":                         {zipped(bytes.Repeat([]byte(" "), 100<<20), true), flink.Internal},
		"a page instead of an object":         {body(200, []byte("<html>Log in</html>")), flink.Internal},
		"nothing":                             {body(200, nil), flink.Internal},
		"an error as a page":                  {body(500, []byte("<html>"+strings.Repeat("x", 1<<20))), flink.Unavailable},
		"an error that quotes the request":    {quoting(403), flink.Refused},
		"throttling":                          {body(503, []byte("<Error><Code>SlowDown</Code></Error>")), flink.Unavailable},
		"a redirect to somewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusTemporaryRedirect)
		}, flink.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			store := answering(t, c.answer)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _, err := store.Document(t.Context(), app)
			runtime.ReadMemStats(&after)
			if err == nil || flink.CodeOf(err) != c.want {
				t.Errorf("it is read with %s: %.300v; want %s", flink.CodeOf(err), err, c.want)
			}
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 256 {
				t.Errorf("%d MiB were allocated", used)
			}
			if err != nil && (strings.Contains(err.Error(), "planted") || strings.Contains(err.Error(), "AKIAIOSF")) {
				t.Errorf("it tells: %v", err)
			}
		})
	}
}

func TestADocumentThatIsAnothersIsNotWorkedWith(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"of another application":      {`{"schema":2,"application":{"namespace":"team-b","name":"counter"}}`, "team-b/counter"},
		"of none":                     {`{"schema":2,"application":{"namespace":"","name":""}}`, "it is of the application"},
		"with a fence below nothing":  {`{"schema":2,"application":{"namespace":"team-a","name":"counter"},"fence":-1}`, "its fence is -1"},
		"with a fence without room":   {`{"schema":2,"application":{"namespace":"team-a","name":"counter"},"fence":9223372036854775806}`, "its fence is"},
		"with a lease above its own":  {`{"schema":2,"application":{"namespace":"team-a","name":"counter"},"fence":1,"lease":{"fence":2}}`, "its lease has fence 2"},
		"with a release that climbs":  {`{"schema":2,"application":{"namespace":"team-a","name":"counter"},"fence":1,"lease":{"release":"../../x","fence":1}}`, "it names a release, revision or incident"},
		"with a revision that climbs": {`{"schema":2,"application":{"namespace":"team-a","name":"counter"},"fence":1,"current":"../../x"}`, "it names a release, revision or incident"},
		"of a schema of another time": {`{"schema":99,"application":{"namespace":"team-a","name":"counter"}}`, "upgrade Sluice"},
		"that is null":                {`null`, "restore an older version"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := ledger.New(&planted{body: []byte(c.body)}).Document(t.Context(), app)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("it is said: %v; want %q", err, c.want)
			}
		})
	}
}

func body(status int, b []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write(b)
	}
}

func endless(w http.ResponseWriter, _ *http.Request) {
	for block := bytes.Repeat([]byte("x"), 1<<16); ; {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

func repeated(s string, size int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.Copy(w, io.LimitReader(strings.NewReader(strings.Repeat(s, size)), int64(size)))
	}
}

func cut(b []byte, said int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(said))
		_, _ = w.Write(b)
	}
}

func zipped(b []byte, said bool) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if said {
			w.Header().Set("Content-Encoding", "gzip")
		}
		z := gzip.NewWriter(w)
		_, _ = z.Write(b)
		_ = z.Close()
	}
}

// quoting answers with what it was asked with, credentials and all.
func quoting(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code><Message>")
		for name, values := range r.Header {
			_, _ = io.WriteString(w, name+": "+strings.Join(values, ", ")+"; ")
		}
		_, _ = io.WriteString(w, "</Message></Error>")
	}
}
