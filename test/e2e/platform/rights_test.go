//go:build e2e

package platform

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	authorization "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// reviewed are the rights of each subject in a team's namespace: what may be done with
// which resources. What a subject has beside these nobody has reviewed.
var reviewed = map[string]map[string]string{
	"Sluice's functions": {
		"flink.apache.org/flinkdeployments":    "create delete get patch",
		"flink.apache.org/flinkstatesnapshots": "create delete get list",
		"/configmaps":                          "create get list update",
		"/services/proxy":                      "create get",
		"/pods":                                "list",
		"batch/jobs":                           "create delete get list",
		"apps/deployments":                     "get",
		"/pods/log":                            "get",
		"/pods/proxy":                          "get",
		"networking.k8s.io/networkpolicies sluice-rehearsal": "get",
	},
	"Sluice's functions that look": {
		"flink.apache.org/flinkdeployments": "get", "/configmaps": "list", "/services/proxy": "get", "/pods": "list",
	},
	"the team's people": {
		"flink.apache.org/flinkdeployments": "get list watch", "flink.apache.org/flinksessionjobs": "get list watch", "flink.apache.org/flinkstatesnapshots": "get list watch",
		"/pods": "get list watch", "/pods/log": "get list watch", "/services": "get list watch", "/configmaps": "get list watch", "/events": "get list watch", "/resourcequotas": "get list watch",
		"apps/deployments": "get list watch", "apps/replicasets": "get list watch", "/services/proxy": "get",
	},
	"the team's jobs": {
		"/pods": everyVerb, "/configmaps": everyVerb, "apps/deployments": everyVerb, "apps/deployments/finalizers": everyVerb,
	},
	"somebody else": {},
}

const everyVerb = "create delete deletecollection get list patch update watch"

// hasNoOther asks the API server for all rules that hold for the subject, where a list
// of questions would leave out what nobody thought of. Beside its own it has those of
// whoever is known at all, which are about itself.
func (s subject) hasNoOther(t *testing.T, config *rest.Config) {
	t.Helper()
	// Teams have the same rights, each in its own namespace.
	rights, known := reviewed[strings.Replace(s.name, "the other team's", "the team's", 1)]
	if !known {
		t.Fatalf("nobody says which rights %s has", s.name)
	}
	for _, namespace := range []string{ours.Namespace, theirs.Namespace, "kube-system"} {
		want := map[string]string{}
		if slices.Contains(s.in, namespace) {
			want = rights
		}
		if diff := cmp.Diff(want, rules(t, config, s.as, namespace)); diff != "" {
			t.Errorf("in %s (-want +got):\n%s", namespace, diff)
		}
	}
}

// rules are what somebody may do in a namespace, by resource.
func rules(t *testing.T, config *rest.Config, as rest.ImpersonationConfig, namespace string) map[string]string {
	t.Helper()
	own := rest.CopyConfig(config)
	own.Impersonate = as
	client, err := kubernetes.NewForConfig(own)
	must(t, err)
	review, err := client.AuthorizationV1().SelfSubjectRulesReviews().Create(t.Context(),
		&authorization.SelfSubjectRulesReview{Spec: authorization.SelfSubjectRulesReviewSpec{Namespace: namespace}}, metav1.CreateOptions{})
	must(t, err)
	if review.Status.Incomplete {
		t.Fatalf("the API server does not know all rules: %s", review.Status.EvaluationError)
	}
	found := map[string][]string{}
	for _, rule := range review.Status.ResourceRules {
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				if strings.HasPrefix(resource, "selfsubject") {
					continue // what somebody may ask about itself
				}
				name := strings.TrimSpace(group + "/" + resource + " " + strings.Join(rule.ResourceNames, " "))
				found[name] = append(found[name], rule.Verbs...)
			}
		}
	}
	joined := map[string]string{}
	for name, verbs := range found {
		slices.Sort(verbs)
		joined[name] = strings.Join(slices.Compact(verbs), " ")
	}
	return joined
}
