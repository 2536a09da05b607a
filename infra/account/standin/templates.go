package standin

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// FromTemplates is an account in which the committed templates of a platform are
// deployed: every resource of theirs, who uses whose outputs, and what of the event
// plane is on. order are the names of its stacks.
func FromTemplates(t *testing.T, dir string, order []string) *AWS {
	t.Helper()
	a := &AWS{Clusters: map[string]*Cluster{}, Identities: map[string]string{}, Switches: map[string]string{}, Queues: map[string]int{}, Buckets: map[string]Bucket{}, LogGroups: map[string]int64{}, Deny: map[string]bool{}}
	for _, name := range order {
		raw, err := os.ReadFile(filepath.Join(dir, name+".template.json"))
		if err != nil {
			t.Fatal(err)
		}
		var made template
		if err := json.Unmarshal(raw, &made); err != nil {
			t.Fatal(err)
		}
		a.Stacks = append(a.Stacks, a.deploy(name, made, string(raw)))
	}
	a.wire()
	return a
}

type template struct {
	Resources map[string]struct {
		Type, DeletionPolicy string
		Properties           map[string]any
	}
	Outputs map[string]struct {
		Value  any
		Export struct{ Name string }
	}
}

func (a *AWS) deploy(name string, made template, raw string) *Stack {
	s := &Stack{Name: name, Status: "CREATE_COMPLETE", Protected: true, Outputs: map[string]string{}}
	for _, logical := range sorted(made.Resources) {
		r := made.Resources[logical]
		one := Resource{Logical: logical, Type: r.Type, ID: physical(name, logical, r.Type), Retained: r.DeletionPolicy == "Retain"}
		switch r.Type {
		case "AWS::Events::Rule":
			if r.Properties["EventBusName"] != nil {
				one.ID = name + "|" + one.ID
			}
			a.Switches[one.ID] = "ENABLED"
		case "AWS::Scheduler::Schedule":
			a.Switches[one.ID] = "ENABLED"
		case "AWS::StepFunctions::StateMachine":
			a.Switches[one.ID] = "ACTIVE"
		case "AWS::SQS::Queue":
			a.Queues[one.ID] = 0
		case "AWS::S3::Bucket":
			a.Buckets[one.ID] = Bucket{true, true}
		case "AWS::EKS::PodIdentityAssociation":
			a.Identities[resolved(r.Properties["Namespace"])+"/"+resolved(r.Properties["ServiceAccount"])] = ""
		case "AWS::EKS::Cluster":
			cluster := closed()
			cluster.Protected = r.Properties["DeletionProtection"] == true
			one.ID = resolved(r.Properties["Name"])
			a.Clusters[one.ID] = cluster
		}
		s.Resources = append(s.Resources, one)
	}
	for _, key := range sorted(made.Outputs) {
		if out, is := made.Outputs[key].Value.(map[string]any); is {
			if ref, is := out["Ref"].(string); is {
				s.Outputs[key] = physical(name, ref, made.Resources[ref].Type)
			}
		}
	}
	s.Reason = raw // until the stacks are wired
	return s
}

// closed is a cluster whose API server nobody reaches.
func closed() *Cluster {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return &Cluster{Endpoint: server.URL, CertificateAuthority: base64.StdEncoding.EncodeToString(authority)}
}

// wire finds who uses whose exports.
func (a *AWS) wire() {
	for _, s := range a.Stacks {
		for _, other := range a.Stacks {
			if other != s && strings.Contains(other.Reason, `"Fn::ImportValue": "`+s.Name+":") && !slices.Contains(s.UsedBy, other.Name) {
				s.UsedBy = append(s.UsedBy, other.Name)
			}
		}
	}
	for _, s := range a.Stacks {
		s.Reason = ""
	}
}

// physical is what AWS would call a resource.
func physical(stack, logical, kind string) string {
	name := stack + "-" + logical
	switch kind {
	case "AWS::StepFunctions::StateMachine":
		return "arn:aws:states:" + Region + ":" + Account + ":stateMachine:" + name
	case "AWS::SQS::Queue":
		return "https://sqs." + Region + ".amazonaws.com/" + Account + "/" + name
	case "AWS::S3::Bucket":
		return strings.ToLower(name)
	}
	return name
}

// resolved is a value with the account filled in.
func resolved(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		if v["Ref"] == "AWS::AccountId" {
			return Account
		}
		if join, is := v["Fn::Join"].([]any); is {
			var parts []string
			for _, part := range join[1].([]any) {
				parts = append(parts, resolved(part))
			}
			return strings.Join(parts, join[0].(string))
		}
	}
	return "?"
}
