package verify

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
)

func shipped(t *testing.T) platform.Platform {
	t.Helper()
	p, err := platform.Open("../platform.yaml", platform.AllRegions())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// asItShould is what is seen of a platform at which nothing is wrong.
func asItShould(p platform.Platform) Observed {
	seen := Observed{Account: "111122223333", Unseen: map[Part]string{}, Answers: map[Question]bool{}, MetricsAPI: Condition{Name: "v1beta1.metrics.k8s.io", Ready: true}}
	for _, name := range p.Stacks() {
		seen.Stacks = append(seen.Stacks, Stack{Name: name, Status: "CREATE_COMPLETE"})
	}
	for _, g := range p.Cluster.Groups() {
		for i := range g.Min {
			seen.Nodes = append(seen.Nodes, Node{fmt.Sprintf("%s-%d", g.Name, i), g.Name, true})
		}
	}
	for _, c := range Installed(p) {
		seen.Releases = append(seen.Releases, Release{c.Release, c.Namespace, c.Name, c.Version, "deployed"})
		for _, w := range c.Workloads {
			kind, name, _ := strings.Cut(w, "/")
			seen.Workloads = append(seen.Workloads, Workload{kind, c.Namespace, name, 2, 2})
		}
		for _, d := range c.Definitions {
			name, version, _ := strings.Cut(d, "/")
			seen.Definitions = append(seen.Definitions, Definition{name, []string{version}, true})
		}
	}
	for _, pool := range p.AddOns.Pools {
		seen.Pools = append(seen.Pools, Condition{"NodePool/" + pool.Name, true, ""}, Condition{"EC2NodeClass/" + pool.Name, true, ""})
	}
	for _, o := range Guarding(p) {
		seen.Objects = append(seen.Objects, throughJSON(o))
	}
	for _, t := range p.Teams {
		for _, o := range Wanted(t) {
			seen.Objects = append(seen.Objects, throughJSON(o))
		}
		for _, h := range holders(t) {
			for _, q := range h.must() {
				seen.Answers[q] = true
			}
		}
	}
	seen.Identities = wantedIdentities(p, seen.Account)
	seen.Switches = []Switch{{"rule", "default", "ENABLED"}, {"schedule", "recover", "ENABLED"}}
	for _, m := range []string{"release", "remediate", "rotate", "recover"} {
		seen.Switches = append(seen.Switches, Switch{"state machine", m, "ACTIVE"})
	}
	seen.Queues = []Queue{{"https://sqs/undelivered", 0}}
	seen.Buckets = []Bucket{{"ledger", true, true}}
	return seen
}

// throughJSON is an object as the API server answers with it, numbers and all.
func throughJSON(o kubernetes.Object) kubernetes.Object {
	raw, _ := json.Marshal(o)
	var out kubernetes.Object
	_ = json.Unmarshal(raw, &out)
	return out
}

func TestAPlatformAsItShouldBeHasNoFault(t *testing.T) {
	p := shipped(t)
	all := Judge(p, asItShould(p))
	for _, f := range Faults(all) {
		t.Errorf("%+v", f)
	}
	for _, part := range Parts() {
		if !slices.ContainsFunc(all, func(f Finding) bool { return f.Part == part }) {
			t.Errorf("nothing is said of %s", part)
		}
	}
}

func TestEachThingThatIsWrongIsOneFaultThatSaysWhatToDo(t *testing.T) {
	p := shipped(t)
	for name, c := range map[string]struct {
		spoil      func(*Observed)
		part       Part
		what, want string
	}{
		"a stack is gone":        {func(o *Observed) { o.Stacks = o.Stacks[1:] }, Stacks, "stack sluice-network", "it is not there"},
		"a stack was rolled":     {func(o *Observed) { o.Stacks[2].Status, o.Stacks[2].Reason = "UPDATE_ROLLBACK_COMPLETE", "no" }, Stacks, "stack sluice-cluster", "UPDATE_ROLLBACK_COMPLETE: no"},
		"a stack still changes":  {func(o *Observed) { o.Stacks[2].Status = "UPDATE_IN_PROGRESS" }, Stacks, "stack sluice-cluster", "UPDATE_IN_PROGRESS"},
		"a node is unwell":       {func(o *Observed) { o.Nodes = append(o.Nodes, Node{"n", "spot", false}) }, Nodes, "node n", "it is not ready"},
		"a group is short":       {func(o *Observed) { o.Nodes = o.Nodes[1:] }, Nodes, "node group core", "1 ready node with the label sluice.dev/node-group=core, and it takes 2"},
		"a chart failed":         {func(o *Observed) { o.Releases[0].Status = "failed" }, Charts, "chart metrics-server", "Helm says failed"},
		"a chart is old":         {func(o *Observed) { o.Releases[1].Version = "v1.0.0" }, Charts, "chart cert-manager", "it is version v1.0.0, and the table says v1.21.1"},
		"a chart is gone":        {func(o *Observed) { o.Releases = o.Releases[1:] }, Charts, "chart metrics-server", "Helm has not installed it"},
		"a webhook is down":      {func(o *Observed) { workload(o, "cert-manager-webhook").Ready = 1 }, Charts, "Deployment cert-manager/cert-manager-webhook", "1 of 2 pods ready"},
		"one operator":           {func(o *Observed) { w := workload(o, "flink-kubernetes-operator"); w.Wanted, w.Ready = 1, 1 }, Charts, "Deployment flink-kubernetes-operator/flink-kubernetes-operator", "it has 1 replica, and it takes 2"},
		"a deployment is gone":   {func(o *Observed) { workload(o, "karpenter").Name = "x" }, Charts, "Deployment kube-system/karpenter", "it is not there"},
		"a kind is gone":         {func(o *Observed) { o.Definitions = o.Definitions[1:] }, Kinds, "kind certificates.cert-manager.io", "the API server does not know it"},
		"a kind is older":        {func(o *Observed) { o.Definitions[0].Served = []string{"v1beta1"} }, Kinds, "kind certificates.cert-manager.io", "it is served as v1beta1, and not as v1"},
		"metrics are not served": {func(o *Observed) { o.MetricsAPI.Ready, o.MetricsAPI.Message = false, "no endpoints" }, Metrics, "metrics of pods and nodes", "they are not served: no endpoints"},
		"a pool is not ready":    {func(o *Observed) { o.Pools[0].Ready, o.Pools[0].Message = false, "no class" }, Pools, "NodePool/flink-compute-optimized", "it is not ready: no class"},
		"the fence is gone":      {func(o *Observed) { drop(o, "ValidatingAdmissionPolicyBinding sluice-fence-of-the-resource") }, Policies, "ValidatingAdmissionPolicyBinding sluice-fence-of-the-resource", "it is not there"},
		"a quota is gone":        {func(o *Observed) { drop(o, "ResourceQuota flink-team-a-ns/flink-team-a") }, Teams, "ResourceQuota flink-team-a-ns/flink-team-a", "it is not there"},
		"a quota was changed": {func(o *Observed) {
			object(o, "ResourceQuota")["spec"].(map[string]any)["hard"].(map[string]any)["pods"] = "7"
		}, Teams, "ResourceQuota flink-team-a-ns/flink-team-a", "somebody has changed .spec.hard.pods"},
		"a rule was added": {func(o *Observed) {
			r := object(o, "Role")
			r["rules"] = append(r["rules"].([]any), map[string]any{"verbs": []any{"*"}})
		}, Teams, "Role flink-team-a-ns/flink-team-a-role", "somebody has changed .rules"},
		"an identity is gone": {func(o *Observed) { o.Identities = o.Identities[1:] }, Identities, "pod identity of kube-system/cluster-autoscaler", "there is none"},
		"Sluice may too little": {func(o *Observed) {
			o.Answers[ask("patch", "flink.apache.org", "flinkdeployments", "flink-team-a-ns")] = false
		}, Rights, "group sluice:releasers in flink-team-a-ns", "it may not: patch flinkdeployments.flink.apache.org"},
		"Sluice may too much":  {func(o *Observed) { o.Answers[ask("get", "", "secrets", "flink-team-a-ns")] = true }, Rights, "group sluice:releasers in flink-team-a-ns", "it may: get secrets in flink-team-a-ns"},
		"Sluice may elsewhere": {func(o *Observed) { o.Answers[ask("list", "", "pods", "kube-system")] = true }, Rights, "group sluice:releasers in flink-team-a-ns", "it may: list pods in kube-system"},
		"a rule is off":        {func(o *Observed) { o.Switches[0].State = "DISABLED" }, EventPlane, "rule default", "DISABLED: its events start nothing"},
		"a machine is going":   {func(o *Observed) { o.Switches[2].State = "DELETING" }, EventPlane, "state machine release", "DELETING, and not ACTIVE"},
		"a machine is gone":    {func(o *Observed) { o.Switches = slices.Delete(o.Switches, 2, 3) }, EventPlane, "state machines", "the stack has 3, and it takes 4"},
		"events wait":          {func(o *Observed) { o.Queues[0].Messages = 3 }, EventPlane, "undelivered events", "3 wait in https://sqs/undelivered"},
		"no versions":          {func(o *Observed) { o.Buckets[0].Versioned = false }, Buckets, "bucket ledger", "it keeps no versions"},
		"an open bucket":       {func(o *Observed) { o.Buckets[0].Unreachable = false }, Buckets, "bucket ledger", "public access is not blocked"},
	} {
		t.Run(name, func(t *testing.T) {
			seen := asItShould(p)
			c.spoil(&seen)
			faults := Faults(Judge(p, seen))
			if len(faults) != 1 {
				t.Fatalf("%d faults: %+v", len(faults), faults)
			}
			f := faults[0]
			if f.Part != c.part || f.What != c.what || !strings.HasPrefix(f.Fault, c.want) || f.Do == "" {
				t.Errorf("got %+v", f)
			}
		})
	}
}

func ask(verb, group, resource, namespace string) Question {
	return Question{Subject{Group: "sluice:releasers"}, namespace, Right{Verb: verb, Group: group, Resource: resource}}
}

func workload(o *Observed, name string) *Workload {
	for i := range o.Workloads {
		if o.Workloads[i].Name == name {
			return &o.Workloads[i]
		}
	}
	panic("there is no " + name)
}

func object(o *Observed, kind string) kubernetes.Object {
	for _, one := range o.Objects {
		if one["kind"] == kind {
			return one
		}
	}
	panic("there is no " + kind)
}

func drop(o *Observed, ref string) {
	o.Objects = slices.DeleteFunc(o.Objects, func(one kubernetes.Object) bool { return Ref(one) == ref })
}

func TestAClassOfWebPagesThatSomebodyOpenedIsAFault(t *testing.T) {
	p := shipped(t)
	p.Ingress = platform.Ingress{Kind: platform.Internal, Domain: "flink.example.com", Certificates: []string{"arn"}, InboundCIDRs: []string{"10.0.0.0/8"}}
	seen := asItShould(p)
	for _, o := range seen.Objects {
		if Ref(o) == "IngressClassParams sluice" {
			o["spec"].(map[string]any)["scheme"] = "internet-facing"
			o["spec"].(map[string]any)["subnets"] = map[string]any{"ids": []any{"subnet-1"}} // which is another stack's to say
		}
	}
	drop(&seen, "ValidatingAdmissionPolicyBinding sluice-web-pages")
	var got []string
	for _, f := range Faults(Judge(p, seen)) {
		got = append(got, f.What+": "+f.Fault)
	}
	want := []string{"IngressClassParams sluice: somebody has changed .spec.scheme", "ValidatingAdmissionPolicyBinding sluice-web-pages: it is not there"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAPartThatCouldNotBeLookedAtIsAFaultAndHidesNoOther(t *testing.T) {
	p := shipped(t)
	seen := asItShould(p)
	seen.Unseen[Charts] = "secrets is forbidden"
	seen.Queues[0].Messages = 1
	faults := Faults(Judge(p, seen))
	if len(faults) != 2 || faults[0].Part != Charts || !strings.Contains(faults[0].Fault, "secrets is forbidden") || faults[1].Part != EventPlane {
		t.Errorf("%+v", faults)
	}
}

// What nothing was seen of is not fine.
func TestAnEmptyAccountIsNotFine(t *testing.T) {
	p := shipped(t)
	said := map[Part]bool{}
	for _, f := range Faults(Judge(p, Observed{})) {
		said[f.Part] = true
	}
	for _, part := range Parts() {
		if !said[part] {
			t.Errorf("of %s nothing is wrong", part)
		}
	}
}

func TestTheChartsThatAreExpectedAreThoseThatTheTemplatesInstall(t *testing.T) {
	var want, got []string
	files, err := filepath.Glob("../testdata/platform/*.template.json")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var template struct {
			Resources map[string]struct {
				Type       string
				Properties struct{ Release, Version, Namespace string }
			}
		}
		_ = json.Unmarshal(raw, &template) // properties of other types have other forms
		for _, r := range template.Resources {
			if r.Type == "Custom::AWSCDK-EKS-HelmChart" {
				want = append(want, r.Properties.Namespace+"/"+r.Properties.Release+" "+r.Properties.Version)
			}
		}
	}
	for _, c := range Installed(shipped(t)) {
		got = append(got, c.Namespace+"/"+c.Release+" "+c.Version)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-templates +expected):\n%s", diff)
	}
}

func TestQuestionsAreAskedOnceAndOfEverySubjectOfATeam(t *testing.T) {
	subjects := map[string]int{}
	seen := map[Question]bool{}
	for _, q := range Questions(shipped(t)) {
		if seen[q] {
			t.Errorf("%+v is asked twice", q)
		}
		seen[q] = true
		subjects[q.Subject.String()]++
	}
	for _, who := range []string{"group sluice:releasers", "group flink-team-a", "user system:serviceaccount:flink-team-a-ns:flink-team-a-sa"} {
		if subjects[who] < 20 {
			t.Errorf("%s is asked about %d times", who, subjects[who])
		}
	}
}
