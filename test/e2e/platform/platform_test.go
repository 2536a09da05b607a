//go:build e2e

package platform

import (
	"cmp"
	"os"
	"slices"
	"testing"

	authorization "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/constructs"
	objects "github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/local"
	"github.com/sluice-flink/sluice/local/cluster"
	"github.com/sluice-flink/sluice/local/kit"
)

var (
	ours   = platform.New().Teams[0]
	theirs = platform.Team{Name: "b", Namespace: "flink-team-b-ns"}
)

func TestTheObjectsOfThePlatformAreAcceptedAndGiveTheRightsTheyShould(t *testing.T) {
	c := start(t)
	for _, team := range []platform.Team{ours, theirs} {
		must(t, c.Apply(t.Context(), &unstructured.Unstructured{Object: objects.Namespace(team)}))
	}
	must(t, c.Apply(t.Context(), namespace(charts.PrometheusStack.Namespace)))
	all := carried(t)
	for _, stack := range []string{"sluice-team-a", "sluice-addons", "sluice-observability"} {
		if len(all[stack]) == 0 {
			t.Fatalf("the stack %s carries no object: among %d stacks", stack, len(all))
		}
	}
	for stack, carried := range all {
		for _, object := range carried {
			if err := c.Apply(t.Context(), object); err != nil {
				t.Errorf("%s: %s %s: %v", stack, object.GetKind(), object.GetName(), err)
			}
		}
	}
	for _, object := range objects.Team(theirs) {
		must(t, c.Apply(t.Context(), &unstructured.Unstructured{Object: object}))
	}
	both := []string{ours.Namespace, theirs.Namespace}
	for _, who := range []subject{
		{"Sluice's functions", rest.ImpersonationConfig{UserName: "functions", Groups: []string{constructs.ReleasersGroup}}, functionsMay, both},
		{"Sluice's functions that look", rest.ImpersonationConfig{UserName: "functions", Groups: []string{constructs.ObserversGroup}}, observersMay, both},
		{"the team's people", rest.ImpersonationConfig{UserName: "anna", Groups: []string{objects.Group(ours)}}, peopleMay, both[:1]},
		{"the team's jobs", rest.ImpersonationConfig{UserName: jobsOf(ours)}, jobsMay, both[:1]},
		{"the other team's people", rest.ImpersonationConfig{UserName: "otto", Groups: []string{objects.Group(theirs)}}, peopleMay, both[1:]},
		{"the other team's jobs", rest.ImpersonationConfig{UserName: jobsOf(theirs)}, jobsMay, both[1:]},
		{"somebody else", rest.ImpersonationConfig{UserName: "somebody", Groups: []string{"system:authenticated"}}, nil, nil},
	} {
		t.Run(who.name, func(t *testing.T) {
			who.try(t, c.Config)
			who.hasNoOther(t, c.Config)
		})
	}
	quotaCounts(t, c.Config)
	t.Run("what the namespace forbids is refused", func(t *testing.T) { whatTheNamespaceForbidsIsRefused(t, c.Config) })
	t.Run("the examples are taken", func(t *testing.T) { examplesAreTaken(t, c.Config) })
	t.Run("a misspelt field of an example is refused", func(t *testing.T) { misspeltFieldsAreRefused(t, c.Config) })
}

// right is a verb on a resource, as "get apps/deployments" or "create pods/portforward".
type right struct{ verb, group, resource, sub string }

var (
	functionsMay = []right{
		{"create", "flink.apache.org", "flinkdeployments", ""}, {"patch", "flink.apache.org", "flinkdeployments", ""}, {"delete", "flink.apache.org", "flinkdeployments", ""}, {"get", "flink.apache.org", "flinkdeployments", ""},
		{"get", "", "services", "proxy"}, {"create", "", "services", "proxy"}, {"list", "", "pods", ""}, {"update", "", "configmaps", ""}, {"get", "", "configmaps", ""}, {"list", "", "configmaps", ""}, {"create", "", "configmaps", ""},
		{"create", "batch", "jobs", ""}, {"delete", "batch", "jobs", ""}, {"get", "batch", "jobs", ""}, {"get", "", "pods", "log"}, {"get", "apps", "deployments", ""},
	}
	observersMay = []right{
		{"get", "flink.apache.org", "flinkdeployments", ""}, {"get", "", "services", "proxy"}, {"list", "", "pods", ""}, {"list", "", "configmaps", ""},
	}
	peopleMay = []right{
		{"get", "flink.apache.org", "flinkdeployments", ""}, {"get", "", "pods", ""}, {"list", "", "pods", ""}, {"get", "", "pods", "log"}, {"get", "", "services", "proxy"},
		{"get", "", "services", ""}, {"get", "", "configmaps", ""}, {"list", "", "configmaps", ""}, {"get", "apps", "deployments", ""}, {"list", "", "events", ""},
	}
	jobsMay = []right{
		{"get", "", "pods", ""}, {"list", "", "pods", ""}, {"create", "", "pods", ""}, {"delete", "", "pods", ""}, {"get", "", "configmaps", ""}, {"list", "", "configmaps", ""}, {"create", "", "configmaps", ""},
		{"update", "", "configmaps", ""}, {"patch", "", "configmaps", ""}, {"get", "apps", "deployments", ""}, {"delete", "apps", "deployments", ""},
	}
)

// everything is what is tried: all that somebody may, and what nobody of them may.
func everything() []right {
	all := slices.Concat(functionsMay, peopleMay, jobsMay, []right{
		{"get", "", "secrets", ""}, {"create", "", "secrets", ""}, {"create", "", "pods", "exec"}, {"create", "", "pods", "portforward"}, {"create", "", "serviceaccounts", "token"},
		{"create", "rbac.authorization.k8s.io", "roles", ""}, {"create", "rbac.authorization.k8s.io", "rolebindings", ""}, {"bind", "rbac.authorization.k8s.io", "roles", ""},
		{"delete", "networking.k8s.io", "networkpolicies", ""}, {"patch", "", "resourcequotas", ""}, {"delete", "", "namespaces", ""}, {"patch", "", "namespaces", ""},
		{"impersonate", "", "users", ""}, {"list", "", "nodes", ""}, {"get", "", "nodes", "proxy"},
	})
	slices.SortFunc(all, func(a, b right) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.resource, b.resource), cmp.Compare(a.sub, b.sub), cmp.Compare(a.verb, b.verb))
	})
	return slices.Compact(all)
}

type subject struct {
	name string
	as   rest.ImpersonationConfig
	may  []right
	in   []string // the namespaces in which it may
}

// jobsOf is who a team's jobs are for the API server.
func jobsOf(team platform.Team) string {
	return "system:serviceaccount:" + team.Namespace + ":" + objects.FullName(team) + "-sa"
}

// try asks the API server, as the subject, in each team's namespace, in another one
// and without any.
func (s subject) try(t *testing.T, config *rest.Config) {
	own := rest.CopyConfig(config)
	own.Impersonate = s.as
	client, err := kubernetes.NewForConfig(own)
	must(t, err)
	for _, r := range everything() {
		for _, namespace := range []string{ours.Namespace, theirs.Namespace, "kube-system", ""} {
			want := slices.Contains(s.may, r) && slices.Contains(s.in, namespace)
			review, err := client.AuthorizationV1().SelfSubjectAccessReviews().Create(t.Context(), &authorization.SelfSubjectAccessReview{Spec: authorization.SelfSubjectAccessReviewSpec{
				ResourceAttributes: &authorization.ResourceAttributes{Namespace: namespace, Verb: r.verb, Group: r.group, Resource: r.resource, Subresource: r.sub, Name: "any"},
			}}, metav1.CreateOptions{})
			must(t, err)
			if review.Status.Allowed != want {
				t.Errorf("in %q: %s %s/%s %s: allowed is %v, want %v (%s)", namespace, r.verb, r.group, r.resource, r.sub, review.Status.Allowed, want, review.Status.Reason)
			}
		}
	}
}

// namespace is one that a chart makes.
func namespace(name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name}}}
}

func start(t *testing.T) *cluster.Cluster {
	t.Helper()
	k, err := kit.Ensure(t.Context(), kit.Options{Out: os.Stdout})
	must(t, err)
	dir := t.TempDir()
	images, err := kit.Images(k, dir)
	must(t, err)
	options, err := kit.JavaOptions(k)
	must(t, err)
	c, err := cluster.Start(t.Context(), cluster.Options{Binary: k.Kube, Images: images, CRDs: withEMR(t, definitions(t, k.CRDs)), JavaOptions: options, Dir: dir,
		S3: "127.0.0.1:9", Region: local.Place.Region, AccessKey: "unused", SecretKey: "unused", Log: os.Stdout})
	must(t, err)
	t.Cleanup(c.Stop)
	return c
}
