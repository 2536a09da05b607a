package options

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// Egress is a Service in the cluster that leads to an address only the host
// can reach, such as an S3 gateway on the host's loopback.
type Egress struct {
	Namespace string
	Service   string
	Port      int    // the Service's port
	Target    string // HOST:PORT, dialled in the host's network namespace
}

// ParseEgress reads NAMESPACE/SERVICE:PORT=HOST:PORT.
func ParseEgress(s string) (Egress, error) {
	const form = "want NAMESPACE/SERVICE:PORT=HOST:PORT"
	source, target, ok := strings.Cut(s, "=")
	namespace, rest, ok2 := strings.Cut(source, "/")
	service, port, ok3 := strings.Cut(rest, ":")
	if !ok || !ok2 || !ok3 {
		return Egress{}, fmt.Errorf("%s, got %q", form, s)
	}
	for _, name := range []string{namespace, service} {
		if faults := validation.IsDNS1035Label(name); len(faults) > 0 {
			return Egress{}, fmt.Errorf("%s: %q is no name Kubernetes accepts: %s", form, name, faults[0])
		}
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 {
		return Egress{}, fmt.Errorf("%s: %q is no port", form, port)
	}
	host, targetPort, err := net.SplitHostPort(target)
	if err != nil || host == "" || targetPort == "" {
		return Egress{}, fmt.Errorf("%s: %q is no HOST:PORT", form, target)
	}
	return Egress{Namespace: namespace, Service: service, Port: n, Target: target}, nil
}
