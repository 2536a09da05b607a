package hostile_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/internal/artifacts"
	"github.com/sluice-flink/sluice/internal/eks"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/test/stage"
)

// broken are servers that answer, after a fashion.
var broken = map[string]http.HandlerFunc{
	"an answer that is cut": func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"kind":"FlinkDeployment","apiVers`)
	},
	"a length that is a lie": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "9999")
		_, _ = io.WriteString(w, "{")
	},
	"no answer": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	"a page":    func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>Log in</html>") },
	"a page that is an error": func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "<html>"+strings.Repeat("oops ", 1<<16), http.StatusInternalServerError)
	},
	"an object of nothing": func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"kind":"X","apiVersion":"v1"}`)
	},
}

// serve gives the address of a server.
func serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func TestAKubernetesThatIsBrokenEndsAReleaseOnce(t *testing.T) {
	for name, handler := range broken {
		if name == "no answer" {
			continue // Kubernetes' client asks ten times, a second apart, before it says so
		}
		t.Run(name, func(t *testing.T) {
			kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
			text := fmt.Sprintf(`{"apiVersion":"v1","kind":"Config","current-context":"c","clusters":[{"name":"c","cluster":{"server":%q}}],"contexts":[{"name":"c","context":{"cluster":"c"}}]}`, serve(t, handler))
			if err := os.WriteFile(kubeconfig, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			target, err := eks.Connect(eks.Config{Operator: eks.Apache, Kubeconfig: kubeconfig})
			if err != nil {
				t.Fatal(err)
			}
			s := stage.New(t, stage.Options{Target: func(flink.Target) flink.Target { return target }})
			s.Upload(stage.App.ManifestKey(), []byte(stage.Manifest))
			ended(t, s, s.Run(s.Upload(stage.App.String()+"/v1.jar", s.Jar("v1", targettest.Behaviour{}))))
			recorded(t, s, nil, "")
		})
	}
}

func TestABucketThatIsBrokenEndsAReleaseOnce(t *testing.T) {
	for name, handler := range broken {
		client := s3.New(s3.Options{Region: "eu-west-1", BaseEndpoint: aws.String(serve(t, handler)), UsePathStyle: true, RetryMaxAttempts: 1,
			Credentials: credentials.NewStaticCredentialsProvider("a", "b", "")})
		t.Run("of artifacts: "+name, func(t *testing.T) {
			s := stage.New(t, stage.Options{Artifacts: func(task.Artifacts) task.Artifacts { return artifacts.S3{Client: client} }})
			ended(t, s, s.Run(s.Upload(stage.App.String()+"/v1.jar", s.Jar("v1", targettest.Behaviour{}))))
			recorded(t, s, nil, "")
		})
		t.Run("of the ledger: "+name, func(t *testing.T) { // nothing can be recorded there
			s := stage.New(t, stage.Options{Objects: func(ledger.Objects) ledger.Objects { return ledger.S3{Client: client, Bucket: stage.LedgerBucket} }})
			s.Upload(stage.App.ManifestKey(), []byte(stage.Manifest))
			ended(t, s, s.Run(s.Upload(stage.App.String()+"/v1.jar", s.Jar("v1", targettest.Behaviour{}))))
		})
	}
}
