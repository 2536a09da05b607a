package secret_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
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
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/test/stage"
)

// echo is what a server was asked, credentials and all.
func echo(r *http.Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s ", r.Method, r.URL)
	for name, values := range r.Header {
		fmt.Fprintf(&b, "%s: %s; ", name, strings.Join(values, ", "))
	}
	body, _ := io.ReadAll(r.Body)
	b.Write(body)
	return b.String()
}

// refusing answers as the API server does, quoting the request.
func refusing(code int, reason string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { refuse(w, code, reason, "denied: "+echo(r)) }
}

func refuse(w http.ResponseWriter, code int, reason, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Add("Warning", `299 - "DB_PASSWORD=`+inVariable+` is deprecated"`)
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": message})
}

// admitting has no application yet, and an admission rule that refuses every one.
func admitting(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/flinkdeployments/"):
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404,"message":"not found","details":{"name":"counter","group":"flink.apache.org","kind":"flinkdeployments"}}`)
	case r.Method == http.MethodGet:
		_, _ = io.WriteString(w, `{"kind":"List","apiVersion":"v1","metadata":{},"items":[]}`)
	default:
		refuse(w, http.StatusUnprocessableEntity, "Invalid", `admission webhook "x" denied the request: spec.flinkConfiguration.s3.secret-key: Invalid value: "`+inConfiguration+`" in `+echo(r))
	}
}

// cluster is a Target of that API server, reached with a bearer token.
func cluster(t *testing.T, handler http.HandlerFunc) func(flink.Target) flink.Target {
	t.Helper()
	server := httptest.NewTLSServer(handler) // the token is sent to no other
	t.Cleanup(server.Close)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	text := fmt.Sprintf(`{"apiVersion":"v1","kind":"Config","current-context":"c","clusters":[{"name":"c","cluster":{"server":%q,"certificate-authority-data":%q}}],
		"users":[{"name":"u","user":{"token":%q}}],"contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}]}`, server.URL, base64.StdEncoding.EncodeToString(ca), inToken)
	if err := os.WriteFile(kubeconfig, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	target, err := eks.Connect(eks.Config{Operator: eks.Apache, Kubeconfig: kubeconfig})
	if err != nil {
		t.Fatal(err)
	}
	return func(flink.Target) flink.Target { return target }
}

func TestNoAnswerOfKubernetesShowsASecret(t *testing.T) {
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		says    string
	}{
		"that refuses and quotes":     {refusing(http.StatusForbidden, "Forbidden"), "***"},
		"that does not know who asks": {refusing(http.StatusUnauthorized, "Unauthorized"), "access entry"},
		"that fails and quotes":       {refusing(http.StatusInternalServerError, "InternalError"), "***"},
		"that quotes in plain text":   {func(w http.ResponseWriter, r *http.Request) { http.Error(w, echo(r), http.StatusBadGateway) }, ""},
		"that admits nothing":         {admitting, "***"},
	} {
		t.Run(name, func(t *testing.T) {
			heard := listen(t)
			s := stage.New(t, stage.Options{Placeholders: placeholders, Target: cluster(t, c.handler)})
			s.Run(s.Upload(stage.App.ManifestKey(), []byte(manifest)))
			s.Run(s.Upload(stage.App.String()+"/v1.jar", s.Jar("v1", targettest.Behaviour{}, "X-Build-Token: "+inJar)))
			nothingShows(t, s, heard())
			if !told(s, c.says) {
				t.Errorf("no record says %q: %s", c.says, messages(s))
			}
		})
	}
}

func TestNoAnswerOfS3ShowsASecret(t *testing.T) {
	for name, code := range map[string]int{"that refuses": http.StatusForbidden, "that fails": http.StatusInternalServerError, "that has moved": http.StatusMovedPermanently} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/xml")
				w.WriteHeader(code)
				_, _ = io.WriteString(w, "<Error><Code>Nope</Code><Message>"+strings.NewReplacer("<", "&lt;", "&", "&amp;").Replace(echo(r))+"</Message></Error>")
			}))
			t.Cleanup(server.Close)
			client := s3.New(s3.Options{Region: "eu-west-1", BaseEndpoint: aws.String(server.URL), UsePathStyle: true, RetryMaxAttempts: 1,
				Credentials: credentials.NewStaticCredentialsProvider(asAccessKey, inEnvironment, inSession)})
			heard := listen(t)
			s := stage.New(t, stage.Options{Artifacts: func(task.Artifacts) task.Artifacts { return artifacts.S3{Client: client} }})
			s.Run(s.Upload(stage.App.String()+"/v1.jar", s.Jar("v1", targettest.Behaviour{})))
			nothingShows(t, s, heard())
			if !told(s, "artifacts/team-a/counter/v1.jar") {
				t.Errorf("no record tells what failed: %s", messages(s))
			}
		})
	}
}
