//go:build e2e

package goodreleases

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

const (
	taskManagers = "component=taskmanager"
	jobManagers  = "component=jobmanager"
)

func (i *installation) killTaskManager(t *testing.T)  { i.each(t, taskManagers, i.kill) }
func (i *installation) drainTaskManager(t *testing.T) { i.each(t, taskManagers, i.evict) }
func (i *installation) killJobManager(t *testing.T)   { i.each(t, jobManagers, i.kill) }
func (i *installation) drainJobManager(t *testing.T)  { i.each(t, jobManagers, i.evict) }

func (i *installation) drainAll(t *testing.T) {
	i.drainJobManager(t)
	i.drainTaskManager(t)
}

// each does something to the application's pods of a kind, of which there has to be one.
func (i *installation) each(t *testing.T, kind string, do func(t *testing.T, pod string)) {
	t.Helper()
	var pods struct {
		Items []struct {
			Metadata struct{ Name string }
		}
	}
	selector := "app=" + counter.Name + "," + kind
	must(t, json.Unmarshal(i.call(t, http.MethodGet, i.pods("")+"?labelSelector="+url.QueryEscape(selector), ""), &pods))
	if len(pods.Items) == 0 {
		t.Fatalf("there is no pod with %s", selector)
	}
	for _, p := range pods.Items {
		do(t, p.Metadata.Name)
	}
}

func (i *installation) pods(below string) string {
	return "/api/v1/namespaces/" + counter.Namespace + "/pods" + below
}

// kill gives the pod no time.
func (i *installation) kill(t *testing.T, pod string) {
	i.call(t, http.MethodDelete, i.pods("/"+pod)+"?gracePeriodSeconds=0", "")
	t.Logf("killed %s", pod)
}

// evict is what draining a node does to each of its pods: they are ended gracefully.
func (i *installation) evict(t *testing.T, pod string) {
	i.call(t, http.MethodPost, i.pods("/"+pod+"/eviction"), fmt.Sprintf(`{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":%q,"namespace":%q}}`, pod, counter.Namespace))
	t.Logf("evicted %s", pod)
}

// rescale is how the operator's autoscaler changes a running job: it asks Flink
// for another parallelism of a vertex.
func (i *installation) rescale(t *testing.T) {
	t.Helper()
	flinkAPI := "/api/v1/namespaces/" + counter.Namespace + "/services/" + counter.Name + "-rest:8081/proxy"
	o, err := i.Target.Observe(t.Context(), counter)
	must(t, err)
	source := ""
	for _, v := range o.Job.Vertices {
		if strings.HasPrefix(v.Name, "Source") {
			source = v.ID
		}
	}
	if source == "" {
		t.Fatalf("no source among %+v", o.Job.Vertices)
	}
	requirements := flinkAPI + "/jobs/" + o.Job.ID + "/resource-requirements"
	var now map[string]any
	must(t, json.Unmarshal(i.call(t, http.MethodGet, requirements, ""), &now))
	now[source] = map[string]any{"parallelism": map[string]int{"lowerBound": 1, "upperBound": 2}}
	body, err := json.Marshal(now)
	must(t, err)
	i.call(t, http.MethodPut, requirements, string(body))
	t.Logf("asked for two subtasks of %s", source)
}

func (i *installation) rescaleAndKill(t *testing.T) {
	i.rescale(t)
	pause(t, 15*time.Second)
	i.killTaskManager(t)
}

// call asks the API server, and wants it to agree.
func (i *installation) call(t *testing.T, method, path, body string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, i.api+path, strings.NewReader(body))
	must(t, err)
	req.Header.Set("Content-Type", "application/json")
	res, err := i.kube.Do(req)
	must(t, err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	must(t, err)
	if res.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, answer)
	}
	return answer
}
