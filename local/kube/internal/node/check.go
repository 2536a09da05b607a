package node

import (
	"context"
	"errors"
	"net"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/probe"
	probehttp "k8s.io/kubernetes/pkg/probe/http"
)

// prober follows no redirects to other hosts, as the kubelet's.
var prober = probehttp.New(false)

func (h health) checkHTTP(a *corev1.HTTPGetAction, timeout time.Duration) error {
	request, err := probehttp.NewRequestForHTTPGetAction(a, h.c, h.run.net.IP.String(), "probe")
	if err != nil {
		return err
	}
	result, output, err := prober.Probe(request, timeout)
	if err == nil && result != probe.Success && result != probe.Warning {
		err = errors.New(output)
	}
	return err
}

func (h health) checkTCP(ctx context.Context, a *corev1.TCPSocketAction) error {
	port, err := probe.ResolveContainerPort(a.Port, h.c)
	if err != nil {
		return err
	}
	host := a.Host
	if host == "" {
		host = h.run.net.IP.String()
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return err
	}
	return c.Close()
}
