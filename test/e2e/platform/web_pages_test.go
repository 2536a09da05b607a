//go:build e2e

package platform

import (
	"context"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	objects "github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/internal/webpage"
)

var (
	ingresses = schema.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "ingresses"}
	services  = schema.GroupVersionResource{Version: "v1", Resource: "services"}
)

// classParameters define what the platform says of its load balancer: exactly those
// fields that it says, as their makers document them. A stand-in: the controller's own
// definitions are in its chart and in no Go module.
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/ingress_class/
const classParameters = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ingressclassparams.elbv2.k8s.aws}
spec:
  group: elbv2.k8s.aws
  scope: Cluster
  names: {kind: IngressClassParams, listKind: IngressClassParamsList, plural: ingressclassparams, singular: ingressclassparam}
  versions:
    - name: v1beta1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                group: {type: object, required: [name], properties: {name: {type: string}}}
                loadBalancerName: {type: string}
                scheme: {type: string, enum: [internal, internet-facing]}
                ipAddressType: {type: string, enum: [ipv4, dualstack, dualstack-without-public-ipv4]}
                targetType: {type: string, enum: [instance, ip]}
                sslPolicy: {type: string}
                inboundCIDRs: {type: array, items: {type: string}}
                certificateArn: {type: array, items: {type: string}}
                subnets: {type: object, properties: {ids: {type: array, minItems: 1, items: {type: string, pattern: "subnet-[0-9a-f]+"}}}}
                tags: {type: array, items: {type: object, required: [key, value], properties: {key: {type: string}, value: {type: string}}}}
                loadBalancerAttributes: {type: array, items: {type: object, required: [key, value], properties: {key: {type: string}, value: {type: string}}}}
                namespaceSelector:
                  type: object
                  properties:
                    matchExpressions:
                      type: array
                      items: {type: object, properties: {key: {type: string}, operator: {type: string}}}
`

const domain = "flink.example.com"

// Nobody runs the controller here: what is tried is what it is given to serve.
func TestAWebPageIsAsTheClassSaysOrIsRefused(t *testing.T) {
	c := start(t)
	api, err := dynamic.NewForConfig(c.Config)
	must(t, err)
	for _, team := range []platform.Team{ours, theirs} {
		must(t, c.Apply(t.Context(), &unstructured.Unstructured{Object: objects.Namespace(team)}))
	}
	must(t, c.Apply(t.Context(), namespace("somebodys")))
	must(t, c.Apply(t.Context(), &unstructured.Unstructured{Object: beforeThePolicies()}))
	p := platform.New()
	p.Ingress = platform.Ingress{Kind: platform.Internal, Domain: domain, Certificates: []string{"arn:aws:acm:eu-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"}, InboundCIDRs: []string{"10.0.0.0/8"}}
	class, policies := objects.WebPages(p, []string{"subnet-0123456789abcdef0", "subnet-0fedcba9876543210"})
	var definition map[string]any
	must(t, yaml.Unmarshal([]byte(classParameters), &definition))
	must(t, c.Apply(t.Context(), &unstructured.Unstructured{Object: definition}))
	for _, o := range append(policies, class...) {
		soon(t, o["kind"].(string)+" is accepted", func() bool { return c.Apply(t.Context(), &unstructured.Unstructured{Object: o}) == nil })
	}
	soon(t, "the policies are in force", func() bool {
		return try(t.Context(), api, ingresses, changed("spec", "rules", []any{})) != nil && try(t.Context(), api, services, service(ours.Namespace)) != nil
	})

	if err := try(t.Context(), api, ingresses, page()); err != nil {
		t.Errorf("a page as a release asks for it: %v", err)
	}
	if err := try(t.Context(), api, ingresses, changed("spec", "rules", []any{rule(webpage.Host(ours.Namespace, "orders", "earlier.example.com"), "", "orders-rest", webpage.Port)})); err != nil {
		t.Errorf("a page of a domain that the platform had: %v", err)
	}
	t.Run("what would widen it is refused", func(t *testing.T) { whatWouldWidenAPageIsRefused(t, api) })
	t.Run("another class is not judged", func(t *testing.T) {
		other := changed("spec", "ingressClassName", "nginx")
		other["metadata"].(map[string]any)["annotations"] = map[string]any{"alb.ingress.kubernetes.io/scheme": "internet-facing"}
		if err := try(t.Context(), api, ingresses, other); err != nil {
			t.Error(err)
		}
		if err := try(t.Context(), api, services, service("somebodys")); err != nil {
			t.Error(err)
		}
	})
	t.Run("what was made under other rules can be let go", func(t *testing.T) { whatIsThereCanBeLetGo(t, api) })
}

// page is the Ingress that the operator makes of a deployment, after its code: the
// laptop's operator cannot make one on this API server (docs/local.md).
// https://github.com/apache/flink-kubernetes-operator/blob/release-1.15.0/flink-kubernetes-operator/src/main/java/org/apache/flink/kubernetes/operator/utils/IngressUtils.java
func page() map[string]any {
	annotations := map[string]any{}
	for name, value := range webpage.Annotations("orders") {
		annotations[name] = value
	}
	return map[string]any{
		"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
		"metadata": map[string]any{"name": "orders", "namespace": ours.Namespace, "annotations": annotations},
		"spec": map[string]any{
			"ingressClassName": webpage.Class,
			"rules":            []any{rule(webpage.Host(ours.Namespace, "orders", domain), "", "orders-rest", webpage.Port)},
		},
	}
}

func rule(host, path, service string, port int64) map[string]any {
	to := map[string]any{
		"pathType": "ImplementationSpecific",
		"backend":  map[string]any{"service": map[string]any{"name": service, "port": map[string]any{"number": port}}},
	}
	if path != "" {
		to["path"] = path
	}
	return map[string]any{"host": host, "http": map[string]any{"paths": []any{to}}}
}

// changed is the page with one thing that is another.
func changed(part, field string, value any) map[string]any {
	o := page()
	o[part].(map[string]any)[field] = value
	return o
}

func annotated(name, value string) map[string]any {
	o := page()
	o["metadata"].(map[string]any)["annotations"].(map[string]any)[name] = value
	return o
}

func service(namespace string) map[string]any {
	return map[string]any{
		"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": "orders-rest", "namespace": namespace, "annotations": map[string]any{"alb.ingress.kubernetes.io/auth-type": "none"}},
		"spec": map[string]any{"ports": []any{map[string]any{"port": int64(8081)}}},
	}
}

func whatWouldWidenAPageIsRefused(t *testing.T, api dynamic.Interface) {
	host := webpage.Host(ours.Namespace, "orders", domain)
	only := webpage.ConditionsPrefix + webpage.Service("orders")
	for name, c := range map[string]struct {
		object map[string]any
		want   string
	}{
		"another team's name":             {changed("spec", "rules", []any{rule(webpage.Host(theirs.Namespace, "orders", domain), "", "orders-rest", 8081)}), "a page of the class sluice has one name: " + host},
		"a name that begins alike":        {changed("spec", "rules", []any{rule("orders."+ours.Namespace+"-b."+domain, "", "orders-rest", 8081)}), "has one name"},
		"every name":                      {changed("spec", "rules", []any{rule("", "", "orders-rest", 8081)}), "has one name"},
		"every name of the team":          {changed("spec", "rules", []any{rule("*."+ours.Namespace+"."+domain, "", "orders-rest", 8081)}), "has one name"},
		"two names":                       {changed("spec", "rules", []any{rule(host, "", "orders-rest", 8081), rule("orders."+theirs.Namespace+"."+domain, "", "orders-rest", 8081)}), "has one name"},
		"whatever has no name":            {changed("spec", "defaultBackend", map[string]any{"service": map[string]any{"name": "orders-rest", "port": map[string]any{"number": int64(8081)}}}), "has one name"},
		"a path":                          {changed("spec", "rules", []any{rule(host, "/jobs/*", "orders-rest", 8081)}), "the template has no path"},
		"another Service":                 {changed("spec", "rules", []any{rule(host, "", "admin", 8081)}), "is all of the Service orders-rest at port 8081"},
		"another port":                    {changed("spec", "rules", []any{rule(host, "", "orders-rest", 6123)}), "is all of the Service orders-rest at port 8081"},
		"an open scheme":                  {annotated("alb.ingress.kubernetes.io/scheme", "internet-facing"), "remove the annotations alb.ingress.kubernetes.io/scheme"},
		"a port without TLS":              {annotated("alb.ingress.kubernetes.io/listen-ports", `[{"HTTP": 80}]`), "remove the annotations alb.ingress.kubernetes.io/listen-ports"},
		"groups that let anybody in":      {annotated("alb.ingress.kubernetes.io/security-groups", "sg-0"), "remove the annotations alb.ingress.kubernetes.io/security-groups"},
		"a load balancer before it":       {annotated("alb.ingress.kubernetes.io/frontend-nlb-scheme", "internet-facing"), "remove the annotations alb.ingress.kubernetes.io/frontend-nlb-scheme"},
		"what sends it elsewhere":         {annotated("alb.ingress.kubernetes.io/actions.orders-rest", "{}"), "remove the annotations alb.ingress.kubernetes.io/actions.orders-rest"},
		"a place before the others":       {annotated("alb.ingress.kubernetes.io/group.order", "-1"), "remove the annotations alb.ingress.kubernetes.io/group.order"},
		"conditions of another Service":   {annotated("alb.ingress.kubernetes.io/conditions.admin", webpage.Conditions()), "remove the annotations alb.ingress.kubernetes.io/conditions.admin"},
		"every request":                   {annotated(only, "[]"), "a page of the class sluice is there to look at"},
		"every request, by no annotation": {changed("metadata", "annotations", map[string]any{}), "is there to look at: annotate it with " + only},
		"nobody's namespace":              {changed("metadata", "namespace", "somebodys"), "the class sluice is for the namespaces of the platform's teams"},
	} {
		if err := try(t.Context(), api, ingresses, c.object); !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := try(t.Context(), api, services, service(ours.Namespace)); !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "a team's Service has no annotation alb.ingress.kubernetes.io/*") {
		t.Errorf("a Service that says more than its Ingress: %v", err)
	}
}

// beforeThePolicies is an Ingress of a domain that the platform's file had once.
func beforeThePolicies() map[string]any {
	o := page()
	metadata := o["metadata"].(map[string]any)
	metadata["name"], metadata["finalizers"], metadata["annotations"] = "older", []any{"group.ingress.k8s.aws/flink-sluice"}, map[string]any{"alb.ingress.kubernetes.io/scheme": "internal"}
	o["spec"].(map[string]any)["rules"] = []any{rule("older.elsewhere.example.com", "", "older-rest", 8081)}
	return o
}

// The controller takes its finalizer off an Ingress that is deleted.
func whatIsThereCanBeLetGo(t *testing.T, api dynamic.Interface) {
	of := api.Resource(ingresses).Namespace(ours.Namespace)
	must(t, of.Delete(t.Context(), "older", metav1.DeleteOptions{}))
	_, err := of.Patch(t.Context(), "older", types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{})
	must(t, err)
	if _, err := of.Get(t.Context(), "older", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("it is still there: %v", err)
	}
}

func soon(t *testing.T, what string, holds func() bool) {
	t.Helper()
	if err := wait.PollUntilContextTimeout(t.Context(), time.Second, 2*time.Minute, true, func(context.Context) (bool, error) { return holds(), nil }); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}
