package kubernetes_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/internal/webpage"
)

func served() platform.Platform {
	p := platform.New()
	p.Ingress = platform.Ingress{Kind: platform.Internal, Domain: "flink.example.com", Certificates: []string{"arn:1", "arn:2"}, InboundCIDRs: []string{"10.0.0.0/8"}}
	return p
}

func TestTheClassDecidesWhatAnAnnotationOtherwiseWould(t *testing.T) {
	class, policies := kubernetes.WebPages(served(), []string{"subnet-1", "subnet-2"})
	var kinds []string
	for _, o := range append(class, policies...) {
		kinds = append(kinds, o["kind"].(string))
	}
	want := []string{"IngressClassParams", "IngressClass", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	spec := class[0]["spec"].(map[string]any)
	for field, want := range map[string]any{
		"scheme": "internal", "targetType": "ip", "loadBalancerName": "flink-sluice", "inboundCIDRs": []any{"10.0.0.0/8"}, "certificateArn": []any{"arn:1", "arn:2"},
		"subnets": map[string]any{"ids": []any{"subnet-1", "subnet-2"}}, "group": map[string]any{"name": "flink-sluice"}, "ipAddressType": "ipv4",
	} {
		if diff := cmp.Diff(want, spec[field]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", field, diff)
		}
	}
}

func TestThePolicyWantsTheAnnotationThatAReleaseWrites(t *testing.T) {
	_, policies := kubernetes.WebPages(served(), nil)
	spec := policies[0]["spec"].(map[string]any)
	var said []string
	for _, part := range []string{"variables", "validations"} {
		for _, one := range spec[part].([]any) {
			said = append(said, one.(map[string]any)["expression"].(string))
		}
	}
	for name, value := range webpage.Annotations("orders") {
		prefix, of := strings.CutSuffix(name, "orders-rest")
		if !of || !slices.Contains(said, "'"+prefix+"' + object.metadata.name + '-rest'") || !slices.Contains(said, "variables.annotations[?variables.conditions].orValue('') == '"+value+"'") {
			t.Errorf("%s: %s is not in\n%s", name, value, strings.Join(said, "\n"))
		}
	}
}
