package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
)

// Question is whether somebody may do something in the cluster.
type Question struct {
	Subject   Subject
	Namespace string // empty: of the cluster
	Right     Right
}

// Subject is a user, or a member of a group.
type Subject struct{ User, Group string }

// String names the subject for people.
func (s Subject) String() string {
	if s.Group != "" {
		return "group " + s.Group
	}
	return "user " + s.User
}

// Right is a verb on a kind of object; Name is empty for any.
type Right struct{ Verb, Group, Resource, Sub, Name string }

// String is the right as `kubectl auth can-i` takes it.
func (r Right) String() string {
	text := r.Verb + " " + r.Resource
	if r.Group != "" {
		text += "." + r.Group
	}
	if r.Name != "" {
		text += "/" + r.Name
	}
	if r.Sub != "" {
		text += " --subresource " + r.Sub
	}
	return text
}

// nobodys are rights that no team and no function of Sluice's has: each is a way
// to more.
var nobodys = []Right{
	{Verb: "get", Resource: "secrets"}, {Verb: "list", Resource: "secrets"}, {Verb: "create", Resource: "pods", Sub: "exec"}, {Verb: "create", Resource: "serviceaccounts", Sub: "token"},
	{Verb: "create", Group: "rbac.authorization.k8s.io", Resource: "roles"}, {Verb: "create", Group: "rbac.authorization.k8s.io", Resource: "rolebindings"},
	{Verb: "bind", Group: "rbac.authorization.k8s.io", Resource: "roles"}, {Verb: "escalate", Group: "rbac.authorization.k8s.io", Resource: "roles"},
	{Verb: "delete", Group: "networking.k8s.io", Resource: "networkpolicies"}, {Verb: "patch", Resource: "resourcequotas"}, {Verb: "delete", Resource: "namespaces"},
	{Verb: "impersonate", Resource: "users"}, {Verb: "get", Resource: "nodes", Sub: "proxy"},
}

// elsewhere is a namespace in which nobody but the cluster has rights.
const elsewhere = "kube-system"

// held is what a subject has in a team's namespace.
type held struct {
	namespace string
	subject   Subject
	rights    []Right
}

// Questions are all that have to be asked, each once.
func Questions(p platform.Platform) []Question {
	var all []Question
	for _, t := range p.Teams {
		for _, h := range holders(t) {
			for _, q := range append(h.must(), h.mustNot()...) {
				if !slices.Contains(all, q) {
					all = append(all, q)
				}
			}
		}
	}
	return all
}

func (h held) must() []Question {
	var all []Question
	for _, r := range h.rights {
		all = append(all, Question{h.subject, h.namespace, r})
	}
	return all
}

// mustNot are nobody's rights in the namespace, and its own ones elsewhere.
func (h held) mustNot() []Question {
	var all []Question
	for _, r := range nobodys {
		all = append(all, Question{h.subject, h.namespace, r})
	}
	for _, r := range h.rights {
		all = append(all, Question{h.subject, elsewhere, r})
	}
	return all
}

// holders are the subjects of a team's bindings with the rules of their roles, as
// the team's objects say them.
func holders(t platform.Team) []held {
	roles := map[string][]Right{}
	objects := kubernetes.Team(t)
	for _, o := range objects {
		if o["kind"] == "Role" {
			roles[nameOf(o)] = rulesOf(o)
		}
	}
	var all []held
	for _, o := range objects {
		if o["kind"] != "RoleBinding" {
			continue
		}
		role := o["roleRef"].(map[string]any)["name"].(string)
		for _, s := range o["subjects"].([]any) {
			all = with(all, held{t.Namespace, subjectOf(s.(map[string]any)), roles[role]})
		}
	}
	return all
}

// with adds rights to those that the subject has.
func with(all []held, more held) []held {
	for i := range all {
		if all[i].subject == more.subject {
			all[i].rights = append(all[i].rights, more.rights...)
			return all
		}
	}
	more.rights = slices.Clone(more.rights)
	return append(all, more)
}

func nameOf(o kubernetes.Object) string { return o["metadata"].(map[string]any)["name"].(string) }

func subjectOf(s map[string]any) Subject {
	name := s["name"].(string)
	switch s["kind"] {
	case "Group":
		return Subject{Group: name}
	case "ServiceAccount":
		return Subject{User: fmt.Sprintf("system:serviceaccount:%s:%s", s["namespace"], name)}
	}
	return Subject{User: name}
}

// rulesOf takes the rules of a role apart into single rights.
func rulesOf(role kubernetes.Object) []Right {
	var all []Right
	for _, r := range role["rules"].([]any) {
		rule := r.(map[string]any)
		names := texts(rule["resourceNames"])
		if len(names) == 0 {
			names = []string{""}
		}
		for _, group := range texts(rule["apiGroups"]) {
			for _, resource := range texts(rule["resources"]) {
				kind, sub, _ := strings.Cut(resource, "/")
				for _, verb := range texts(rule["verbs"]) {
					for _, name := range names {
						all = append(all, Right{verb, group, kind, sub, name})
					}
				}
			}
		}
	}
	return all
}

func texts(list any) []string {
	all, _ := list.([]any)
	var out []string
	for _, v := range all {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// rights holds the API server's answers against the roles of the teams' objects.
func rights(p platform.Platform, seen Observed) []Finding {
	var all []Finding
	for _, t := range p.Teams {
		for _, h := range holders(t) {
			what := fmt.Sprintf("%s in %s", h.subject, t.Namespace)
			must, mustNot := h.must(), h.mustNot()
			missing := answered(must, seen, false)
			extra := answered(mustNot, seen, true)
			for _, q := range missing {
				all = append(all, fault(what, "it may not: "+q.Right.String(), "make deploy: the Role or its RoleBinding was changed"))
			}
			for _, q := range extra {
				where := " in " + q.Namespace
				all = append(all, fault(what, "it may: "+q.Right.String()+where, "kubectl get clusterrolebindings,rolebindings -A -o wide, and take away the one that names it"))
			}
			if len(missing)+len(extra) == 0 {
				all = append(all, ok("%s: may do the %d things it has to, and none of %d others", what, len(must), len(mustNot)))
			}
		}
	}
	return all
}

func answered(questions []Question, seen Observed, answer bool) []Question {
	var all []Question
	for _, q := range questions {
		if seen.Answers[q] == answer {
			all = append(all, q)
		}
	}
	return all
}
