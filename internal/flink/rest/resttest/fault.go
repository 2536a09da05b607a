package resttest

import (
	"fmt"
	"net/http"
)

// Fault is a way in which the address of a JobManager answers without it.
type Fault func(http.ResponseWriter)

// The faults that a Kubernetes API server's service proxy shows in this order
// while an application restarts, and then some.
var (
	// ServiceGone: the service of the JobManager is deleted and not made again yet.
	ServiceGone Fault = kubernetesStatus(404, "NotFound", `services \"app-rest\" not found`)
	// NoEndpoints: the service is there, no pod is ready behind it.
	NoEndpoints Fault = kubernetesStatus(503, "ServiceUnavailable", `no endpoints available for service \"app-rest:8081\"`)
	// ConnectionRefused: the pod is there, its JVM does not listen yet.
	ConnectionRefused Fault = kubernetesStatus(503, "ServiceUnavailable",
		`error trying to reach service: dial tcp 10.244.1.4:8081: connect: connection refused`)
	// Starting: Flink listens and has nothing to say yet.
	Starting Fault = plain(503, "")
	// Hiccup: an empty 500 of the proxy, seen once in a while.
	Hiccup Fault = plain(500, "")
	// LeaderElection: Flink answers, no leader is elected yet.
	LeaderElection Fault = plain(503, `{"errors":["Service temporarily unavailable due to an ongoing leader election. Please refresh."]}`)
	// Forbidden: RBAC does not allow the proxy.
	Forbidden Fault = kubernetesStatus(403, "Forbidden", `services \"app-rest:8081\" is forbidden: User \"sluice\" cannot get resource \"services/proxy\"`)
	// Expired: the token is no longer good.
	Expired Fault = kubernetesStatus(401, "Unauthorized", "Unauthorized")
	// CutShort: the connection breaks in the middle of a good answer.
	CutShort Fault = func(w http.ResponseWriter) {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(`{"jobs":[`))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler) // net/http's own way to break a connection
	}
)

func plain(status int, body string) Fault {
	return func(w http.ResponseWriter) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func kubernetesStatus(status int, reason, message string) Fault {
	return plain(status, fmt.Sprintf(
		`{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"%s","reason":"%s","code":%d}`,
		message, reason, status))
}
