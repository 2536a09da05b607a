package webpage

import (
	"encoding/json"
	"slices"
	"strings"
)

// Class is the name of the platform's IngressClass.
const Class = "sluice"

// DomainPlaceholder is what a manifest says for the domain below which pages are:
// ${WEB_DOMAIN}. A platform without pages fills nothing in.
const DomainPlaceholder = "WEB_DOMAIN"

// Port is Flink's REST port, which its page is served at, too
// (https://nightlies.apache.org/flink/flink-docs-stable/docs/deployment/config/#rest-port).
const Port = 8081

// Template is what the operator makes the host's name of; it fills in name and
// namespace itself
// (https://nightlies.apache.org/flink/flink-kubernetes-operator-docs-stable/docs/operations/ingress/).
func Template(domain string) string { return "{{name}}.{{namespace}}." + domain }

// Host is the name under which a job's page is found. The namespace is a part of its
// own: no team can take a name that another's job would have.
func Host(namespace, name, domain string) string {
	return strings.Join([]string{name, namespace, domain}, ".")
}

// Service is what the operator calls the JobManager's Service.
func Service(name string) string { return name + "-rest" }

// AnnotationPrefix begins the annotations that the load balancer's controller reads, of
// Ingresses and of Services
// (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/).
const AnnotationPrefix = "alb.ingress.kubernetes.io/"

// ConditionsPrefix begins the annotation that says which requests get through to a
// Service; its name is the rest.
const ConditionsPrefix = AnnotationPrefix + "conditions."

// Annotations are those of a job's Ingress, all of them: the class decides what else
// there is to decide.
func Annotations(name string) map[string]string {
	return map[string]string{ConditionsPrefix + Service(name): Conditions()}
}

// Paths of the page, as regular expressions, each of at most 128 characters
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_PathPatternConditionConfig.html).
// They name what there is and not what there is not, since one path that is only read
// cancels the job: /jobs/<id>/yarn-cancel, for YARN's proxy that knows no other method,
// which web.cancel.enable does not switch off
// (https://github.com/apache/flink/blob/release-1.20/flink-runtime/src/main/java/org/apache/flink/runtime/rest/messages/YarnCancelJobTerminationHeaders.java).
// It would also be found percent-encoded, and below /v1.
var paths = []string{
	`^/([A-Za-z0-9._-]*|(assets|jobmanager|taskmanagers)/[A-Za-z0-9._:/-]*)$`,
	`^/jobs/[A-Za-z0-9]+(/([A-Za-xz][A-Za-z0-9._:/-]*)?)?$`,
}

// Cancels says whether a path, decoded, is one by which Flink ends a job on a GET.
func Cancels(path string) bool {
	return slices.ContainsFunc(strings.Split(path, "/"), func(part string) bool { return part == "yarn-cancel" || part == "yarn-stop" })
}

type condition struct {
	Field   string  `json:"field"`
	Methods *values `json:"httpRequestMethodConfig,omitempty"`
	Paths   *values `json:"pathPatternConfig,omitempty"`
}

type values struct {
	Values      []string `json:"values,omitempty"`
	RegexValues []string `json:"regexValues,omitempty"`
}

// Conditions let through what only reads: GET, of the page's own paths. A rule has at
// most five values, of which the host's name is one
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html).
func Conditions() string {
	text, err := json.Marshal([]condition{
		{Field: "http-request-method", Methods: &values{Values: []string{"GET"}}},
		{Field: "path-pattern", Paths: &values{RegexValues: paths}},
	})
	if err != nil {
		panic("text and lists are always JSON: " + err.Error())
	}
	return string(text)
}
