package eks

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"k8s.io/client-go/dynamic"
	kube "k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Config says how to reach a cluster: by a kubeconfig file, or as an EKS
// cluster with AWS credentials.
type Config struct {
	Operator Operator

	Kubeconfig string // path of a file; its current context is used

	Cluster  string // name of the EKS cluster
	Endpoint string // its API server, https://…
	CA       string // its certificate authority: PEM, or base64 of it as EKS describes it
	AWS      aws.Config
}

// Validate reports every fault at once.
func (c Config) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.Operator != Apache && c.Operator != EMR {
		fault("the operator is %q; say %q or %q", c.Operator, Apache, EMR)
	}
	eks := c.Cluster != "" || c.Endpoint != "" || c.CA != ""
	switch {
	case c.Kubeconfig != "" && eks:
		fault("a kubeconfig and an EKS cluster are given; give one of them")
	case c.Kubeconfig == "" && !eks:
		fault("no cluster is given; give a kubeconfig, or an EKS cluster's name, endpoint and certificate authority")
	case eks:
		faults = append(faults, c.validateEKS()...)
	}
	if len(faults) == 0 {
		return nil
	}
	return &flink.Error{Code: flink.Invalid, Op: "connect to the cluster", Err: errors.Join(faults...)}
}

func (c Config) validateEKS() []error {
	var faults []error
	if c.Cluster == "" {
		faults = append(faults, errors.New("the EKS cluster's name is missing: tokens are made for it"))
	}
	if !strings.HasPrefix(c.Endpoint, "https://") {
		faults = append(faults, fmt.Errorf("the EKS cluster's endpoint is %q and has to begin with https://", c.Endpoint))
	}
	if _, err := c.authority(); err != nil {
		faults = append(faults, err)
	}
	if c.AWS.Region == "" || c.AWS.Credentials == nil {
		faults = append(faults, errors.New("AWS region and credentials are missing: tokens are signed with them"))
	}
	return faults
}

func (c Config) authority() ([]byte, error) {
	const pem = "-----BEGIN CERTIFICATE-----"
	text := strings.TrimSpace(c.CA)
	if decoded, err := base64.StdEncoding.DecodeString(text); err == nil {
		text = string(decoded)
	}
	if !strings.HasPrefix(strings.TrimSpace(text), pem) {
		return nil, errors.New("the EKS cluster's certificate authority is neither PEM nor base64 of PEM")
	}
	return []byte(text), nil
}

// Connect makes a Target. It asks nothing of the cluster yet.
func Connect(c Config) (*Target, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	config, err := c.kube()
	if err != nil {
		return nil, &flink.Error{Code: flink.Invalid, Op: "connect to the cluster", Err: err}
	}
	return newTarget(config, c.Operator)
}

// REST is how client-go reaches the cluster.
func (c Config) REST() (*kube.Config, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return c.kube()
}

func (c Config) kube() (*kube.Config, error) {
	if c.Kubeconfig != "" {
		return clientcmd.BuildConfigFromFlags("", c.Kubeconfig)
	}
	ca, err := c.authority()
	if err != nil {
		return nil, err
	}
	config := &kube.Config{Host: c.Endpoint, TLSClientConfig: kube.TLSClientConfig{CAData: ca}}
	tokens := newTokenSource(c.AWS, c.Cluster, time.Now)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return &bearer{next: next, tokens: tokens} })
	return config, nil
}

func newTarget(config *kube.Config, operator Operator) (*Target, error) {
	const op = "connect to the cluster"
	config.QPS, config.Burst = 50, 100 // the API server's own fairness is enough
	config.Timeout = 30 * time.Second  // of any one request
	config.UserAgent = FieldManager
	config.WarningHandler = warnings{}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return finite{next} })
	hc, err := kube.HTTPClientFor(config)
	if err != nil {
		return nil, &flink.Error{Code: flink.Invalid, Op: op, Err: err}
	}
	client, err := dynamic.NewForConfigAndClient(config, hc)
	if err != nil {
		return nil, &flink.Error{Code: flink.Invalid, Op: op, Err: err}
	}
	base, _, err := kube.DefaultServerUrlFor(config)
	if err != nil {
		return nil, &flink.Error{Code: flink.Invalid, Op: op, Err: err}
	}
	return &Target{kube: client, hc: hc, base: base.String(), operator: operator, now: time.Now, poll: 50 * time.Millisecond, patience: 45 * time.Second}, nil
}
