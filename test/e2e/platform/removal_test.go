//go:build e2e

package platform

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sluice-flink/sluice/infra/account"
	"github.com/sluice-flink/sluice/infra/account/standin"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/removal"
	"github.com/sluice-flink/sluice/infra/verify/look"
	"github.com/sluice-flink/sluice/local/cluster"
)

// The cluster is a real API server with the real Flink operator, the account a
// stand-in in which the committed templates are deployed. Karpenter is not there:
// the test lets go of what its finalizer holds. The local Kubernetes takes no volume
// claims, so none is removed here.
func TestAPlatformIsRemovedFromItsClusterFirst(t *testing.T) {
	c := start(t)
	p, err := platform.Open("../../../infra/platform.yaml", platform.AllRegions())
	must(t, err)
	team := p.Teams[0].Namespace
	for _, object := range removed(p, team) {
		must(t, c.Apply(t.Context(), object))
	}
	a := standin.FromTemplates(t, "../../../infra/testdata/platform", p.Stacks())
	a.Start(t)
	for _, s := range a.Stacks { // the ledger lies in a bucket, which the stand-in has none of
		delete(s.Outputs, "LedgerBucketName")
	}
	in, err := account.Open(t.Context(), standin.Region)
	must(t, err)
	on, err := look.Connect(c.Config, true)
	must(t, err)
	var lines said
	r := &removal.Removal{Platform: p, Account: in, Cluster: on, Say: lines.say, Now: time.Now, Poll: 200 * time.Millisecond, Sleep: removal.Wait}

	isHeld(t, c, "flinkdeployment/session", team)
	r.Platform.Teams = append(r.Platform.Teams, theirs)
	teamGoesAlone(t, c, r)
	if left := kubectl(t, c, "get", "flinkdeployments.flink.apache.org", "-A", "-o", "name"); left != "flinkdeployment.flink.apache.org/session\n" {
		t.Errorf("with one team gone, of the other's there is %q", left)
	}

	// Nobody runs Karpenter: it says what it waits for, and no stack was touched.
	r.Looks = 300
	r.Sleep = func(ctx context.Context, d time.Duration) error {
		if lines.have("nodes: ") { // which nobody lets go of
			d = time.Millisecond
		}
		return removal.Wait(ctx, d)
	}
	err = r.Run(t.Context())
	r.Sleep = removal.Wait
	if err == nil || !strings.Contains(err.Error(), "NodeClaim flink-compute-optimized-x1 (waits for karpenter.sh/termination)") {
		t.Fatalf("it says %v", err)
	}
	if slices.ContainsFunc(a.Calls, func(call string) bool { return strings.HasPrefix(call, "DeleteStack") }) {
		t.Errorf("it deleted stacks: %v", a.Calls)
	}
	for _, kind := range []string{"flinkdeployments.flink.apache.org", "ingresses.networking.k8s.io"} {
		if left := kubectl(t, c, "get", kind, "-A", "-o", "name"); left != "" {
			t.Errorf("there is still %s", left)
		}
	}
	if left := kubectl(t, c, "get", "services", "-n", team, "-o", "name"); left != "service/inside\n" {
		t.Errorf("of the services there are %s", left)
	}
	lines.before(t, "delete FlinkSessionJob "+team+"/job", "delete FlinkDeployment "+team+"/session")
	lines.before(t, "delete FlinkDeployment "+team+"/session", "delete Ingress "+team+"/web")
	lines.before(t, "delete Service "+team+"/outside", "delete NodePool flink-compute-optimized")

	// Somebody else's pool is left alone, and with Karpenter's part done the rest goes.
	letGo(t, c, "nodeclaims.karpenter.sh", "flink-compute-optimized-x1")
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := kubectl(t, c, "get", "nodepools,nodeclaims,ec2nodeclasses", "-o", "name"); left != "nodepool.karpenter.sh/somebodys\n" {
		t.Errorf("of nodes there is %s", left)
	}
	if left := a.Named(); left != "" {
		t.Errorf("of stacks there is %s", left)
	}
}

// teamGoesAlone removes the team that has no stack in the account: its job keeps it.
func teamGoesAlone(t *testing.T, c *cluster.Cluster, whole *removal.Removal) {
	t.Helper()
	must(t, c.Apply(t.Context(), namespace(theirs.Namespace)))
	must(t, c.Apply(t.Context(), flinkObject("FlinkDeployment", theirs.Namespace, "counter", flinkSpec(neverThere()))))
	isHeld(t, c, "flinkdeployment/counter", theirs.Namespace)
	r, err := whole.OfTeam(theirs.Name)
	must(t, err)
	r.Looks = 300
	if err := r.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "jobs of team b are there: sluice delete "+theirs.Namespace+"/counter;") {
		t.Errorf("with a job there it says %v", err)
	}
	kubectl(t, c, "delete", "flinkdeployment", "counter", "-n", theirs.Namespace)
	must(t, r.Run(t.Context()))
	if left := kubectl(t, c, "get", "namespace", theirs.Namespace, "--ignore-not-found", "-o", "name"); left != "" {
		t.Errorf("there is still %s", left)
	}
}

// neverThere is a job whose jar is nowhere.
func neverThere() map[string]any {
	return map[string]any{"jarURI": "local:///opt/flink/none.jar", "parallelism": int64(1), "upgradeMode": "stateless"}
}

// isHeld waits until the operator has seen an object: from then on it does not go
// without the operator.
func isHeld(t *testing.T, c *cluster.Cluster, object, namespace string) {
	t.Helper()
	for range 240 { // a limit for a test that hangs
		if kubectl(t, c, "get", object, "-n", namespace, "-o", "jsonpath={.metadata.finalizers}") != "" {
			return
		}
		time.Sleep(500 * time.Millisecond)
	}
	t.Fatalf("the operator does not look after %s in %s", object, namespace)
}

// flinkSpec is a FlinkDeployment's; without a job it is a session cluster.
func flinkSpec(job map[string]any) map[string]any {
	resource := map[string]any{"resource": map[string]any{"memory": "1024m", "cpu": 0.5}}
	spec := map[string]any{"image": "flink:1.20", "flinkVersion": "v1_19", "serviceAccount": "flink", "jobManager": resource, "taskManager": resource}
	if job != nil {
		spec["job"] = job
	}
	return spec
}

func flinkObject(kind, namespace, name string, spec map[string]any) *unstructured.Unstructured {
	o := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "flink.apache.org/v1beta1", "kind": kind, "spec": spec}}
	o.SetNamespace(namespace)
	o.SetName(name)
	return o
}

// removed is what a platform that was used has in its cluster.
func removed(p platform.Platform, team string) []*unstructured.Unstructured {
	object := func(version, kind, namespace, name string, rest map[string]any) *unstructured.Unstructured {
		o := &unstructured.Unstructured{Object: rest}
		o.SetAPIVersion(version)
		o.SetKind(kind)
		o.SetNamespace(namespace)
		o.SetName(name)
		return o
	}
	pool := p.AddOns.Pools[0].Name
	claim := object("karpenter.sh/v1", "NodeClaim", "", pool+"-x1", map[string]any{"spec": map[string]any{
		"nodeClassRef": map[string]any{"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": pool}, "requirements": []any{map[string]any{"key": "kubernetes.io/os", "operator": "In", "values": []any{"linux"}}},
	}})
	claim.SetFinalizers([]string{"karpenter.sh/termination"})
	claim.SetLabels(map[string]string{"karpenter.sh/nodepool": pool})
	poolOf := func(name string) map[string]any {
		return map[string]any{"spec": map[string]any{"template": map[string]any{"spec": map[string]any{
			"nodeClassRef": map[string]any{"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": name}, "requirements": []any{map[string]any{"key": "kubernetes.io/os", "operator": "In", "values": []any{"linux"}}},
		}}}}
	}
	ports := []any{map[string]any{"port": int64(80)}}
	return []*unstructured.Unstructured{
		object("v1", "Namespace", "", team, map[string]any{}),
		flinkObject("FlinkDeployment", team, "session", flinkSpec(nil)),
		flinkObject("FlinkSessionJob", team, "job", map[string]any{"deploymentName": "session", "job": neverThere()}),
		object("networking.k8s.io/v1", "Ingress", team, "web", map[string]any{"spec": map[string]any{"defaultBackend": map[string]any{"service": map[string]any{"name": "inside", "port": map[string]any{"number": int64(80)}}}}}),
		object("v1", "Service", team, "inside", map[string]any{"spec": map[string]any{"ports": ports}}),
		object("v1", "Service", team, "outside", map[string]any{"spec": map[string]any{"type": "LoadBalancer", "ports": ports}}),
		object("karpenter.sh/v1", "NodePool", "", pool, poolOf(pool)),
		object("karpenter.sh/v1", "NodePool", "", "somebodys", poolOf("somebodys")),
		claim,
		object("karpenter.k8s.aws/v1", "EC2NodeClass", "", pool, map[string]any{"spec": map[string]any{
			"amiSelectorTerms": []any{map[string]any{"alias": "al2023@latest"}}, "role": "nodes",
			"subnetSelectorTerms": []any{map[string]any{"id": "subnet-0123456789abcdef0"}}, "securityGroupSelectorTerms": []any{map[string]any{"id": "sg-0123456789abcdef0"}},
		}}),
	}
}

// letGo does Karpenter's part.
func letGo(t *testing.T, c *cluster.Cluster, kind, name string) {
	t.Helper()
	kubectl(t, c, "patch", kind, name, "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
}

// said are the lines of progress.
type said struct {
	mu    sync.Mutex
	lines []string
}

func (s *said) say(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, strings.TrimSpace(fmt.Sprintf(format, args...)))
}

func (s *said) have(prefix string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.lines, func(line string) bool { return strings.HasPrefix(line, prefix) })
}

func (s *said) before(t *testing.T, first, then string) {
	t.Helper()
	a, b := slices.Index(s.lines, first), slices.Index(s.lines, then)
	if a < 0 || b < 0 || a > b {
		t.Errorf("%q (%d) has to come before %q (%d) in\n%s", first, a, then, b, strings.Join(s.lines, "\n"))
	}
}
