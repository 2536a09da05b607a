//go:build e2e

package othercluster

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flinkui"
	"github.com/sluice-flink/sluice/local/cluster"
)

// script finds what the page loads first.
var script = regexp.MustCompile(`<script src="([^"]+\.js)"`)

// pageIsShown reads Flink's page as `sluice ui` serves it: its HTML, a script, and
// what the script asks for.
func pageIsShown(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	ui, err := flinkui.Serve(c.Config, counter.Namespace, counter.Name)
	must(t, err)
	defer func() { must(t, ui.Close()) }()
	must(t, ui.Answers(t.Context()))
	page := read(t, ui.URL(), "text/html")
	named := script.FindStringSubmatch(page)
	if !strings.Contains(page, "<title>Apache Flink Web Dashboard</title>") || named == nil {
		t.Fatalf("this is no page of Flink's:\n%s", page)
	}
	if text := read(t, ui.URL()+strings.TrimPrefix(named[1], "/"), "javascript"); len(text) == 0 {
		t.Errorf("%s is empty", named[1])
	}
	var overview struct {
		Jobs []struct{ State string }
	}
	must(t, json.Unmarshal([]byte(read(t, ui.URL()+"jobs/overview", "application/json")), &overview))
	if len(overview.Jobs) != 1 || overview.Jobs[0].State != "RUNNING" {
		t.Errorf("it shows the jobs %+v", overview.Jobs)
	}
}

func read(t *testing.T, url, kind string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	must(t, err)
	answer, err := http.DefaultClient.Do(r)
	must(t, err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	must(t, err)
	if answer.StatusCode != http.StatusOK || !strings.Contains(answer.Header.Get("Content-Type"), kind) {
		t.Errorf("%s: %s, %s", url, answer.Status, answer.Header.Get("Content-Type"))
	}
	return string(body)
}
