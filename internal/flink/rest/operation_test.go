package rest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink/rest"
	"github.com/sluice-flink/sluice/internal/flink/rest/resttest"
)

func TestASavepointIsInProgressThenCompleted(t *testing.T) {
	forVersions(t, func(t *testing.T, version string) {
		client, job := sampled(t, version, "savepoint-trigger", "savepoint-poll-early", "savepoint-poll-completed")
		id, err := client.TriggerSavepoint(t.Context(), job, "file:///data/sp", rest.TriggerID("any"))
		if err != nil {
			t.Fatal(err)
		}
		if s, err := client.SavepointStatus(t.Context(), job, id); err != nil || s != (rest.Snapshot{Status: rest.InProgress}) {
			t.Errorf("first read as %+v, %v", s, err)
		}
		s, err := client.SavepointStatus(t.Context(), job, id)
		if err != nil || s.Status != rest.Completed || !strings.Contains(s.Location, "/sp/savepoint-"+job[:6]) || s.Cause != "" {
			t.Errorf("then read as %+v, %v", s, err)
		}
	})
}

func TestAStopIsCompletedWithItsSavepoint(t *testing.T) {
	forVersions(t, func(t *testing.T, version string) {
		client, job := sampled(t, version, "stop-trigger", "stop-poll-completed")
		id, err := client.StopWithSavepoint(t.Context(), job, "file:///data/sp", rest.TriggerID("any"), false)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := client.SavepointStatus(t.Context(), job, id); err != nil || s.Status != rest.Completed || s.Location == "" {
			t.Errorf("read as %+v, %v", s, err)
		}
	})
}

func TestCompletedWithAFailureCauseIsAFailure(t *testing.T) {
	for sample, cause := range map[string]string{
		"savepoint-poll-failed": "Could not find a file system implementation for scheme 's3nope'",
		"stop-poll-stalled":     "Checkpoint expired before completing.",
	} {
		t.Run(sample, func(t *testing.T) {
			forVersions(t, func(t *testing.T, version string) {
				client, job := sampled(t, version, sample)
				s, err := client.SavepointStatus(t.Context(), job, triggerOf(t, version, sample))
				if err != nil || s.Status != rest.Failed || !strings.HasPrefix(s.Cause, cause) || s.Location != "" {
					t.Errorf("read as %+v, %v; want a failure because of %q", s, err, cause)
				}
			})
		})
	}
}

// triggerOf is the trigger id at the end of a sample's path.
func triggerOf(t *testing.T, version, sample string) string {
	t.Helper()
	path := resttest.Sample(t, version, sample).Request.Path
	return path[strings.LastIndexByte(path, '/')+1:]
}

func TestAnOperationThatSaysNeitherIsMalformed(t *testing.T) {
	for name, body := range map[string]string{
		"no status":                 `{}`,
		"an unknown status":         `{"status":{"id":"PAUSED"},"operation":null}`,
		"completed without result":  `{"status":{"id":"COMPLETED"},"operation":null}`,
		"completed without a place": `{"status":{"id":"COMPLETED"},"operation":{}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s, err := answering(t, 200, body).SavepointStatus(t.Context(), anyJob, rest.TriggerID("x"))
			wantError(t, err, rest.Malformed, "completed")
			if s != (rest.Snapshot{}) {
				t.Errorf("an answer comes with the error: %+v", s)
			}
		})
	}
}

func TestATriggerWithoutARequestIDIsMalformed(t *testing.T) {
	_, err := answering(t, 202, `{}`).TriggerSavepoint(t.Context(), anyJob, "file:///sp", rest.TriggerID("x"))
	wantError(t, err, rest.Malformed, "no request-id")
}

func TestRequestsCarryTheNamesThatFlinkReads(t *testing.T) {
	trigger := rest.TriggerID("release-1", "savepoint")
	for name, c := range map[string]struct {
		call func(*testing.T, *rest.Client) error
		want map[string]any
	}{
		"savepoint": {func(t *testing.T, c *rest.Client) error {
			_, err := c.TriggerSavepoint(t.Context(), anyJob, "s3://b/sp", trigger)
			return err
		}, map[string]any{"target-directory": "s3://b/sp", "cancel-job": false, "triggerId": trigger}},
		"savepoint where the cluster says": {func(t *testing.T, c *rest.Client) error {
			_, err := c.TriggerSavepoint(t.Context(), anyJob, "", trigger)
			return err
		}, map[string]any{"cancel-job": false, "triggerId": trigger}},
		"stop and drain": {func(t *testing.T, c *rest.Client) error {
			_, err := c.StopWithSavepoint(t.Context(), anyJob, "s3://b/sp", trigger, true)
			return err
		}, map[string]any{"targetDirectory": "s3://b/sp", "drain": true, "triggerId": trigger}},
		"removal": {func(t *testing.T, c *rest.Client) error {
			_, err := c.DisposeSavepoint(t.Context(), "s3://b/sp/savepoint-1")
			return err
		}, map[string]any{"savepoint-path": "s3://b/sp/savepoint-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			var sent map[string]any
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if err := json.NewDecoder(r.Body).Decode(&sent); err != nil || r.Header.Get("Content-Type") != "application/json" {
					t.Errorf("the body is no JSON: %v", err)
				}
				_, _ = io.WriteString(w, `{"request-id":"`+trigger+`"}`)
			}))
			t.Cleanup(server.Close)
			if err := c.call(t, rest.New(server.URL, nil)); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(sent, c.want) {
				t.Errorf("sent %v, want %v", sent, c.want)
			}
		})
	}
}

func TestRemovalIsToldApartFromFailure(t *testing.T) {
	forVersions(t, func(t *testing.T, version string) {
		for sample, want := range map[string]rest.Status{
			"savepoint-disposal-poll":        rest.Completed,
			"savepoint-disposal-poll-failed": rest.Completed, // it was gone already
		} {
			client, _ := sampled(t, version, sample)
			s, err := client.DisposalStatus(t.Context(), triggerOf(t, version, sample))
			gone := strings.HasPrefix(s.Cause, "Cannot find checkpoint or savepoint file/directory")
			if err != nil || s.Status != want || gone != strings.HasSuffix(sample, "failed") {
				t.Errorf("%s is read as %+v, %v", sample, s, err)
			}
		}
	})
	body := `{"status":{"id":"COMPLETED"},"operation":{"failure-cause":{"class":"java.io.IOException","stack-trace":"java.io.IOException: Access Denied\n"}}}`
	s, err := answering(t, 200, body).DisposalStatus(t.Context(), rest.TriggerID("x"))
	if err != nil || s != (rest.Snapshot{Status: rest.Failed, Cause: "Access Denied"}) {
		t.Errorf("a refused removal is read as %+v, %v", s, err)
	}
}

func TestRemovingNothingIsRejected(t *testing.T) {
	_, err := rest.New("http://127.0.0.1:0", nil).DisposeSavepoint(t.Context(), "")
	wantError(t, err, rest.Rejected, "no path was given")
}

func TestATriggerIDIsOneOfFlinksAndNamesItsParts(t *testing.T) {
	ids := []string{
		rest.TriggerID(), rest.TriggerID(""), rest.TriggerID("ab", "c"), rest.TriggerID("a", "bc"), rest.TriggerID("abc"),
		rest.TriggerID("abc", ""), rest.TriggerID("release-1", "savepoint"), rest.TriggerID("release-1", "stop"),
	}
	for i, id := range ids {
		if len(id) != 32 || strings.Trim(id, "0123456789abcdef") != "" {
			t.Errorf("%q is not 32 hexadecimal digits", id)
		}
		if slices.Index(ids, id) != i {
			t.Errorf("%q names two different requests", id)
		}
	}
	const pinned = "0435a24eaf9e86ae952d233a0bb97686"
	if got := rest.TriggerID("release-1", "savepoint"); got != pinned {
		t.Errorf("the id is %s, was %s: a release in flight would trigger twice", got, pinned)
	}
}
