package eks

import (
	"regexp"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// How the API server words what an admission webhook or policy decided (its
// packages admission/plugin/webhook and admission/plugin/policy/validating), and
// the names that the operator's Helm chart gives its own webhooks.
var (
	deniedByWebhook = regexp.MustCompile(`(?s)admission webhook "([^"]+)" denied the request(?: without explanation)?(?:: (.*))?$`)
	deniedByPolicy  = regexp.MustCompile(`(?s)ValidatingAdmissionPolicy '([^']+)' with binding '[^']*' denied request: (.*)$`)
	webhookDown     = regexp.MustCompile(`failed calling webhook "([^"]+)"`)
	operatorsHooks  = ".flink.apache.org"
)

// admission explains a decision of admission, when the message is about one.
func admission(message string) (code flink.Code, sentence string, ok bool) {
	if m := deniedByWebhook.FindStringSubmatch(message); m != nil {
		if strings.HasSuffix(m[1], operatorsHooks) {
			return flink.Refused, "the Flink operator takes no such FlinkDeployment (admission webhook " + m[1] + "): change in application.yaml what it names", true
		}
		return flink.Refused, "the cluster's admission webhook " + m[1] + " refused it: change in application.yaml what it names, or ask whoever runs it for an exception", true
	}
	if m := deniedByPolicy.FindStringSubmatch(message); m != nil {
		return flink.Refused, "the cluster's admission policy " + m[1] + " refused it: change in application.yaml what it names, or ask whoever keeps it for an exception", true
	}
	if m := webhookDown.FindStringSubmatch(message); m != nil {
		if strings.HasSuffix(m[1], operatorsHooks) {
			return flink.Unavailable, "the Flink operator's webhook does not answer: see whether the operator's pod runs", true
		}
		return flink.Unavailable, "the cluster's admission webhook " + m[1] + " does not answer: see whether what serves it runs", true
	}
	return "", "", false
}
