package plane

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"

	v1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/cert"

	"github.com/sluice-flink/sluice/local/kube/internal/network"
)

func TestTheServersCertificateHoldsForEveryNameItIsCalledBy(t *testing.T) {
	p, err := preparePKI(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	pool, err := cert.NewPool(p.CA)
	if err != nil {
		t.Fatal(err)
	}
	server, err := cert.CertsFromFile(p.Server)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"127.0.0.1", network.NodeIP, network.ServiceIP, "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"} {
		if _, err := server[0].Verify(x509.VerifyOptions{DNSName: name, Roots: pool}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	admin, err := cert.CertsFromFile(p.Admin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin[0].Verify(x509.VerifyOptions{Roots: pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
		t.Error(err)
	}
}

func TestTokensAndTrustOutliveARestart(t *testing.T) {
	dir := t.TempDir()
	read := func() (string, string, string) {
		p, err := preparePKI(dir)
		if err != nil {
			t.Fatal(err)
		}
		var out [3]string
		for i, path := range []string{p.CA, p.AccountKey, p.Server} {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			out[i] = string(text)
		}
		return out[0], out[1], out[2]
	}
	ca1, key1, server1 := read()
	ca2, key2, server2 := read()
	if ca1 != ca2 || key1 != key2 {
		t.Error("the authority or the token key was made again")
	}
	if server1 == server2 {
		t.Error("the server's certificate was not issued again")
	}
}

func TestTheKubeconfigNamesTheHostsAddress(t *testing.T) {
	dir := t.TempDir()
	p, err := preparePKI(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "kubeconfig")
	if err := writeKubeconfig(path, "https://127.0.0.1:17443", p); err != nil {
		t.Fatal(err)
	}
	c, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil || c.Host != "https://127.0.0.1:17443" || len(c.CertData) == 0 {
		t.Errorf("got %+v, %v", c, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestOnlyPodsThatAskForTheDefaultSchedulerAreBound(t *testing.T) {
	cases := map[string]struct {
		change func(*corev1.Pod)
		want   bool
	}{
		"a new pod":              {func(*corev1.Pod) {}, true},
		"one that has a node":    {func(p *corev1.Pod) { p.Spec.NodeName = "n" }, false},
		"one that is deleted":    {func(p *corev1.Pod) { p.DeletionTimestamp = &metav1.Time{} }, false},
		"one that is gated":      {func(p *corev1.Pod) { p.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "g"}} }, false},
		"one of another's":       {func(p *corev1.Pod) { p.Spec.SchedulerName = "mine" }, false},
		"one of the default one": {func(p *corev1.Pod) { p.Spec.SchedulerName = corev1.DefaultSchedulerName }, true},
	}
	for name, c := range cases {
		p := &corev1.Pod{}
		c.change(p)
		if got := wantsNode(p); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestUnservedKindsAreRefusedWithWhatToDoInstead(t *testing.T) {
	for _, u := range unservedKinds {
		policy, binding := u.policy()
		if binding.Spec.PolicyName != policy.Name || policy.Spec.Validations[0].Expression != "false" || policy.Spec.Validations[0].Message == "" {
			t.Errorf("%s: %+v", u.name, policy.Spec)
		}
		if got := binding.Spec.ValidationActions; len(got) != 1 || got[0] != v1.Deny && got[0] != v1.Warn {
			t.Errorf("%s: actions %v", u.name, got)
		}
	}
}
