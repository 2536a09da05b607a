package eks

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	kube "k8s.io/client-go/rest"

	"github.com/sluice-flink/sluice/internal/flink"
)

// answering is a Target whose API server gives one answer to everything.
func answering(t *testing.T, status int, contentType, body string) *Target {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	target, err := newTarget(&kube.Config{Host: server.URL}, EMR)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func statusBody(code int, reason, message, details string) string {
	return fmt.Sprintf(`{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":%q,"reason":%q,"details":{%s},"code":%d}`, message, reason, details, code)
}

// The answers are a real API server's, 1.36, shortened.
func TestEachWayTheAPIServerSaysNoHasItsCodeAndSaysWhatToDo(t *testing.T) {
	const named = `"name":"fraud","group":"flink.apache.org","kind":"flinkdeployments"`
	for sentence, c := range map[string]struct {
		status  int
		reason  string
		message string
		details string
		want    flink.Code
		says    string
	}{
		"a newer version":         {409, "Conflict", `Operation cannot be fulfilled on flinkdeployments.flink.apache.org "fraud": the object has been modified`, named, flink.Conflict, "wrote first"},
		"another field manager":   {409, "Conflict", `Apply failed with 1 conflict: conflict with "argocd-controller": .spec.job.jarURI`, `"causes":[{"reason":"FieldManagerConflict","message":"conflict with \"argocd-controller\"","field":".spec.job.jarURI"}]`, flink.Refused, `.spec.job.jarURI belongs to argocd-controller: give the Argo CD application an ignoreDifferences entry`},
		"an unknown field":        {500, "InternalError", `failed to create typed patch object (team-a/fraud; flink.apache.org/v1beta1, Kind=FlinkDeployment): .spec.emrReleaseLabel: field not declared in schema`, ``, flink.Refused, "no field spec.emrReleaseLabel"},
		"a field of another type": {500, "InternalError", `failed to create typed patch object (team-a/fraud; flink.apache.org/v1beta1, Kind=FlinkDeployment): .spec.job.parallelism: expected numeric (int or float), got string`, ``, flink.Refused, "spec.job.parallelism"},
		"no namespace":            {404, "NotFound", `namespaces "team-a" not found`, `"name":"team-a","kind":"namespaces"`, flink.Refused, "namespace team-a does not exist"},
		"no Role":                 {403, "Forbidden", `flinkdeployments.flink.apache.org "fraud" is forbidden: User "sluice" cannot patch resource "flinkdeployments" in API group "flink.apache.org" in the namespace "team-a"`, named, flink.Refused, "Role"},
		"an admission webhook":    {403, "Forbidden", `admission webhook "vflinkdeployments.flink.apache.org" denied the request: Job parallelism must be larger than 0`, named, flink.Refused, "the Flink operator takes no such FlinkDeployment"},
		"somebody's webhook":      {403, "Forbidden", `admission webhook "validate.kyverno.svc-fail" denied the request: images come from registry.example.com`, named, flink.Refused, "webhook validate.kyverno.svc-fail refused it"},
		"another webhook is down": {500, "InternalError", `Internal error occurred: failed calling webhook "validate.kyverno.svc-fail": connection refused`, named, flink.Unavailable, "validate.kyverno.svc-fail does not answer"},
		"a fence that was passed": {403, "Forbidden", `flinkdeployments.flink.apache.org "fraud" is forbidden: ValidatingAdmissionPolicy 'sluice-fence' with binding 'sluice-fence-of-the-application' denied request: fence 5 has been passed: ConfigMap sluice-fence-fraud is at fence 6`, named, flink.LeaseLost, "fence 5 has been passed"},
		"a fence of its own":      {403, "Forbidden", `configmaps "sluice-fence-fraud" is forbidden: ValidatingAdmissionPolicy 'sluice-fence-grows' with binding 'sluice-fence-grows' denied request: data.fence of an application's fence is a number, and is never taken out`, named, flink.Refused, "admission"},
		"another policy":          {422, "Invalid", `flinkdeployments.flink.apache.org "fraud" is forbidden: ValidatingAdmissionPolicy 'team-quota' with binding 'team-quota' denied request: the budget has been passed: ask finance`, named, flink.Refused, "policy team-quota refused it"},
		"no access entry":         {401, "Unauthorized", `Unauthorized`, ``, flink.Refused, "access entry"},
		"an invalid value":        {422, "Invalid", `FlinkDeployment.flink.apache.org "fraud" is invalid: spec.job.state: Unsupported value: "going"`, named, flink.Refused, "spec.job.state"},
		"a webhook that is down":  {500, "InternalError", `Internal error occurred: failed calling webhook "vflinkdeployments.flink.apache.org"`, named, flink.Unavailable, "the Flink operator's webhook does not answer"},
		"too many requests":       {429, "TooManyRequests", `the server has received too many requests`, ``, flink.Unavailable, "cannot now"},
		"the object":              {404, "NotFound", `flinkdeployments.flink.apache.org "fraud" not found`, named, flink.NotFound, "not found"},
	} {
		t.Run(sentence, func(t *testing.T) {
			target := answering(t, c.status, "application/json", statusBody(c.status, c.reason, c.message, c.details))
			err := target.write(t.Context(), "apply team-a/fraud", ours(nil), flink.Desired{
				Application: flink.Application{Namespace: "team-a", Name: "fraud"},
				Revision:    flink.Revision{Manifest: map[string]any{"kind": "FlinkDeployment"}}, Run: flink.Running,
			}, 0)
			if flink.CodeOf(err) != c.want || !strings.Contains(fmt.Sprint(err), c.says) {
				t.Errorf("%s: %v\nwant %s that says %q", flink.CodeOf(err), err, c.want, c.says)
			}
		})
	}
}

func TestAClusterWithoutTheOperatorIsNoAbsentApplication(t *testing.T) {
	target := answering(t, 404, "text/plain; charset=utf-8", "404 page not found\n")
	_, err := target.Observe(t.Context(), flink.Application{Namespace: "team-a", Name: "fraud"})
	if flink.CodeOf(err) != flink.Refused || !strings.Contains(fmt.Sprint(err), "install the Flink Kubernetes Operator") {
		t.Errorf("%v", err)
	}
}

func TestAnAPIServerThatDoesNotAnswerIsUnavailable(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	target, err := newTarget(&kube.Config{Host: server.URL}, EMR)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := target.Observe(t.Context(), flink.Application{Namespace: "team-a", Name: "fraud"}); flink.CodeOf(err) != flink.Unavailable {
		t.Errorf("%v", err)
	}
}

func TestAConfigurationIsRefusedWithAllItsFaults(t *testing.T) {
	_, err := Connect(Config{Cluster: "prod", Endpoint: "http://x", CA: "nonsense"})
	for _, want := range []string{"operator", "https://", "certificate authority", "region"} {
		if !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("the error says nothing of %s: %v", want, err)
		}
	}
	if flink.CodeOf(err) != flink.Invalid {
		t.Errorf("code %s", flink.CodeOf(err))
	}
	if _, err := Connect(Config{Operator: EMR}); flink.CodeOf(err) != flink.Invalid {
		t.Errorf("no cluster at all: %v", err)
	}
}
