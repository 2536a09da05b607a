package eks

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

func TestAnEKSClusterIsAskedWithItsAuthorityAndAToken(t *testing.T) {
	var signed, asked atomic.Int64
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if strings.HasPrefix(r.Header.Get("Authorization"), "Bearer k8s-aws-v1.") {
			signed.Add(1)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(statusBody(404, "NotFound", "not found", `"name":"fraud","kind":"flinkdeployments"`)))
	}))
	defer server.Close()
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))

	target, err := Connect(Config{Operator: EMR, Cluster: "prod", Endpoint: server.URL, CA: ca, AWS: awsConfig()})
	if err != nil {
		t.Fatal(err)
	}
	o, err := target.Observe(t.Context(), flink.Application{Namespace: "team-a", Name: "fraud"})
	if err != nil || o.Exists || o.Traits.Delivery != flink.JarURI {
		t.Errorf("observed %+v, %v", o, err)
	}
	if asked.Load() == 0 || signed.Load() != asked.Load() {
		t.Errorf("%d of %d requests carried a token", signed.Load(), asked.Load())
	}
}
