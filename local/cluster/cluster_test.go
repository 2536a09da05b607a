package cluster

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestTheOperatorsConfigurationIsFilledInWithoutQuotes(t *testing.T) {
	objects, err := render(Options{Region: "us-east-1", AccessKey: "AKLOCAL", SecretKey: "a secret", JavaOptions: "--add-opens=java.base/java.util=ALL-UNNAMED -Dx=y", Teams: []string{"team-a", "team-b"}})
	if err != nil {
		t.Fatal(err)
	}
	conf, _, err := unstructured.NestedString(find(t, objects, "ConfigMap", "flink-operator-config").Object, "data", "flink-conf.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"s3.endpoint: http://objects.sluice-system.svc:7070", "s3.access-key: AKLOCAL", "s3.secret-key: a secret",
		"env.java.opts.all: --add-opens=java.base/java.util=ALL-UNNAMED -Dx=y", "kubernetes.operator.rate-limiter.limit: 0",
		"kubernetes.operator.deployment.rollback.enabled: false",
	} {
		if !strings.Contains(conf, line+"\n") {
			t.Errorf("the configuration lacks the line %q:\n%s", line, conf)
		}
	}
	for _, team := range []string{"team-a", "team-b"} {
		find(t, objects, "Namespace", team)
	}
}

func find(t *testing.T, objects []*unstructured.Unstructured, kind, name string) *unstructured.Unstructured {
	t.Helper()
	for _, o := range objects {
		if o.GetKind() == kind && o.GetName() == name {
			return o
		}
	}
	t.Fatalf("there is no %s %s", kind, name)
	return nil
}

func TestACRDFolderWithoutCRDsIsNamed(t *testing.T) {
	dir := t.TempDir()
	if _, err := readCRDs(dir); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("got %v", err)
	}
}

// fakeKube writes a program that stands for sluice-kube.
func fakeKube(t *testing.T, script string) Options {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "sluice-kube")
	if err := os.WriteFile(binary, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return Options{Binary: binary, Dir: filepath.Join(dir, "state"), Images: []byte("{}"), S3: "127.0.0.1:7070"}
}

func TestAClusterIsToldItsImagesAndTheWayToTheGatewayAndEndsWhenStopped(t *testing.T) {
	o := fakeKube(t, `echo "$@" > "$2/arguments"
trap 'exit 0' TERM
echo '{"kubeconfig": "/k", "server": "https://127.0.0.1:1"}'
while :; do sleep 0.01; done
`)
	p, err := launch(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if p.ready.Kubeconfig != "/k" || p.ready.Server != "https://127.0.0.1:1" {
		t.Errorf("got %+v", p.ready)
	}
	p.stop()
	<-p.ended
	arguments, err := os.ReadFile(filepath.Join(o.Dir, "arguments"))
	want := fmt.Sprintf("--dir %s --images %s/images.json --listen 127.0.0.1:0 --egress sluice-system/objects:7070=127.0.0.1:7070\n", o.Dir, o.Dir)
	if err != nil || string(arguments) != want {
		t.Errorf("got %q (%v), want %q", arguments, err, want)
	}
}

func TestAClusterThatDoesNotStartSaysWhy(t *testing.T) {
	_, err := launch(context.Background(), fakeKube(t, "echo 'no user namespaces here' >&2; exit 1\n"))
	if err == nil || !strings.Contains(err.Error(), "no user namespaces here") {
		t.Errorf("got %v", err)
	}
}

func TestAClusterOfSomebodyElseMustHaveTheOperator(t *testing.T) {
	cases := map[string]struct {
		status int
		body   string
		says   string // empty: it is taken
	}{
		"there":    {200, `{"kind":"APIResourceList","groupVersion":"flink.apache.org/v1beta1","resources":[{"name":"flinkdeployments","kind":"FlinkDeployment"}]}`, ""},
		"no CRD":   {200, `{"kind":"APIResourceList","groupVersion":"flink.apache.org/v1beta1","resources":[]}`, "no FlinkDeployment"},
		"no group": {404, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}`, "no Flink Kubernetes Operator"},
		"refused":  {403, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403}`, "does not answer"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			}))
			defer server.Close()
			path := filepath.Join(t.TempDir(), "config")
			kubeconfig := fmt.Sprintf(`{"clusters": [{"name": "c", "cluster": {"server": %q}}], "contexts": [{"name": "x", "context": {"cluster": "c"}}], "current-context": "x"}`, server.URL)
			if err := os.WriteFile(path, []byte(kubeconfig), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := Use(context.Background(), path)
			if c.says != "" {
				if err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || got.Kubeconfig != path || got.Server != server.URL {
				t.Errorf("got %+v, %v", got, err)
			}
			got.Stop()
		})
	}
}
