package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/internal/webpage"
)

// webPagesStack is of the platform that serves web pages; the usual one does not.
const webPagesStack = "other-addons"

// objectsOf are the objects of the resources of a stack, by the resource's id.
func objectsOf(t *testing.T, stack string) map[string][]map[string]any {
	t.Helper()
	all := map[string][]map[string]any{}
	for id, r := range read(t, stack).ofType(kubeObject) {
		var objects []map[string]any
		if err := json.Unmarshal([]byte(text(r.Properties["Manifest"])), &objects); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		all[id] = objects
	}
	return all
}

// holding is the resource that applies an object of a kind.
func holding(objects map[string][]map[string]any, kind string) string {
	for id, all := range objects {
		if slices.ContainsFunc(all, func(o map[string]any) bool { return o["kind"] == kind }) {
			return id
		}
	}
	return ""
}

// A policy that came later would not have judged what was made before it, and one that
// went earlier would leave the controller with Ingresses that nobody judges.
func TestPoliciesOfWebPagesComeBeforeTheirControllerAndItsClassAfterIt(t *testing.T) {
	objects, needs := objectsOf(t, webPagesStack), dependencies(read(t, webPagesStack))
	var controller string
	for id, r := range read(t, webPagesStack).ofType(helmChart) {
		if text(r.Properties["Chart"]) == charts.LoadBalancerController.Name {
			controller = id
		}
	}
	class, policies := holding(objects, "IngressClassParams"), holding(objects, "ValidatingAdmissionPolicy")
	if class == "" || policies == "" || controller == "" {
		t.Fatalf("class %q, policies %q, controller %q", class, policies, controller)
	}
	if !slices.Contains(needs[controller], policies) || !slices.Contains(needs[class], controller) {
		t.Errorf("the controller needs %v, its class %v", needs[controller], needs[class])
	}
	for _, stack := range []string{addOnsStack} {
		if holding(objectsOf(t, stack), "IngressClass") != "" {
			t.Errorf("%s has a class, and its file asks for none", stack)
		}
	}
}

func TestTheLoadBalancerOfWebPagesIsAsTheFileSays(t *testing.T) {
	objects := objectsOf(t, webPagesStack)
	for _, o := range objects[holding(objects, "IngressClassParams")] {
		switch o["kind"] {
		case "IngressClass":
			if at(o, "metadata", "name") != webpage.Class || at(o, "spec", "controller") != "ingress.k8s.aws/alb" || at(o, "metadata", "annotations") != nil {
				t.Errorf("the class is %v", o)
			}
		case "IngressClassParams":
			got := map[string]any{}
			for _, field := range []string{"scheme", "inboundCIDRs", "certificateArn", "loadBalancerName", "subnets"} {
				got[field] = at(o, "spec", field)
			}
			want := map[string]any{
				"scheme": "internal", "inboundCIDRs": []any{"10.1.0.0/16", "100.64.0.0/10"}, "loadBalancerName": "flink-other",
				"certificateArn": []any{"arn:aws-cn:acm:cn-north-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"},
				"subnets":        map[string]any{"ids": []any{"subnet-0123456789abcdef0", "subnet-0fedcba9876543210"}},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
	}
}

// With a feature go its rights, and with its rights has to go the feature: what may not
// be done is not tried over and over.
func TestTheControllerOfWebPagesIsToldNotToDoWhatItMayNot(t *testing.T) {
	var values struct {
		EnableShield, EnableWaf, EnableWafv2, EnableServiceMutatorWebhook *bool
		VpcID, IngressClass                                               string
		ControllerConfig                                                  struct{ FeatureGates map[string]bool }
	}
	if err := json.Unmarshal([]byte(text(chartsOf(t, webPagesStack)[charts.LoadBalancerController.Name].Properties["Values"])), &values); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]*bool{"Shield": values.EnableShield, "WAF": values.EnableWaf, "WAFv2": values.EnableWafv2, "its webhook of Services": values.EnableServiceMutatorWebhook} {
		if value == nil || *value {
			t.Errorf("%s is not switched off", name)
		}
	}
	for _, gate := range []string{"EnableServiceController", "NLBGatewayAPI", "ALBGatewayAPI", "LBCapacityReservation"} {
		if on, said := values.ControllerConfig.FeatureGates[gate]; !said || on {
			t.Errorf("%s is not switched off", gate)
		}
	}
	if values.IngressClass != webpage.Class || values.VpcID != "vpc-0123456789abcdef0" {
		t.Errorf("it serves the class %s in %s", values.IngressClass, values.VpcID)
	}
	for role, statements := range statementsOf(read(t, webPagesStack)) {
		for _, s := range statements {
			for _, action := range s.actions {
				for _, service := range []string{"waf", "shield", "cognito", "acm"} {
					if strings.HasPrefix(action, service) {
						t.Errorf("%s may %s", role, action)
					}
				}
			}
		}
	}
}

func TestManifestsKnowTheDomainOfWebPagesWhereThereAreSome(t *testing.T) {
	for stack, want := range map[string]string{attachedStack: "", "other-eventplane": "flink.example.com.cn", publicStack: ""} {
		var known map[string]string
		if err := json.Unmarshal([]byte(text(read(t, stack).Outputs[functions.PlaceholdersOutput]["Value"])), &known); err != nil {
			t.Fatal(err)
		}
		if got := known[webpage.DomainPlaceholder]; got != want {
			t.Errorf("%s: %q, want %q", stack, got, want)
		}
	}
}
