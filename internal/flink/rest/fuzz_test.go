package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink/rest"
	"github.com/sluice-flink/sluice/internal/flink/rest/testdata"
)

// FuzzAnyAnswerIsReadOrRefused gives every call the same bytes as its answer.
// Whatever they are, a call returns; what it returns can be written as JSON, and
// an error is a bounded line with a code.
func FuzzAnyAnswerIsReadOrRefused(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		client := rest.New("http://jobmanager:8081", &http.Client{Transport: canned(status, body)})
		for name, call := range calls {
			result, err := call(t.Context(), client)
			if err != nil {
				if code := rest.CodeOf(err); code == "" || len(err.Error()) > 1500 {
					t.Errorf("%s: code %q, %d bytes: %.200s", name, code, len(err.Error()), err)
				}
				continue
			}
			if _, err := json.Marshal(result); err != nil {
				t.Errorf("%s: the result cannot be recorded: %v", name, err)
			}
		}
	})
}

// calls are all that read an answer.
var calls = map[string]func(context.Context, *rest.Client) (any, error){
	"Overview":    func(ctx context.Context, c *rest.Client) (any, error) { return c.Overview(ctx) },
	"Job":         func(ctx context.Context, c *rest.Client) (any, error) { return c.Job(ctx, anyJob) },
	"Checkpoints": func(ctx context.Context, c *rest.Client) (any, error) { return c.Checkpoints(ctx, anyJob) },
	"Exceptions":  func(ctx context.Context, c *rest.Client) (any, error) { return c.Exceptions(ctx, anyJob) },
	"Metrics":     func(ctx context.Context, c *rest.Client) (any, error) { return c.Metrics(ctx, anyJob, "numRestarts") },
	"TriggerSavepoint": func(ctx context.Context, c *rest.Client) (any, error) {
		return c.TriggerSavepoint(ctx, anyJob, "", anyJob)
	},
	"SavepointStatus":  func(ctx context.Context, c *rest.Client) (any, error) { return c.SavepointStatus(ctx, anyJob, anyJob) },
	"DisposalStatus":   func(ctx context.Context, c *rest.Client) (any, error) { return c.DisposalStatus(ctx, anyJob) },
	"Cluster":          func(ctx context.Context, c *rest.Client) (any, error) { return c.Cluster(ctx) },
	"TaskManagers":     func(ctx context.Context, c *rest.Client) (any, error) { return c.TaskManagers(ctx) },
	"JobManagerConfig": func(ctx context.Context, c *rest.Client) (any, error) { return c.JobManagerConfig(ctx) },
}

// seed adds every recorded answer, whole and cut short.
func seed(f *testing.F) {
	f.Helper()
	err := fs.WalkDir(testdata.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := testdata.Files.ReadFile(path)
		if err != nil {
			return err
		}
		var exchange struct {
			Status   int             `json:"status"`
			Response json.RawMessage `json:"response"`
		}
		if err := json.Unmarshal(data, &exchange); err != nil || exchange.Status == 0 {
			exchange.Status, exchange.Response = http.StatusOK, data
		}
		f.Add(exchange.Status, []byte(exchange.Response))
		f.Add(exchange.Status, []byte(exchange.Response[:len(exchange.Response)/2]))
		return nil
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(http.StatusInternalServerError, []byte(`{"errors":["Caused by: Caused by: ","\n\n",null]}`))
	f.Add(http.StatusOK, bytes.Repeat([]byte("["), 1<<16))
}

// canned answers without a network, which makes fuzzing fast.
func canned(status int, body []byte) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Header: make(http.Header),
			Body: io.NopCloser(bytes.NewReader(body)), Request: r,
		}, nil
	}
}
