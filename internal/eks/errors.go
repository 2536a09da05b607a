package eks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/rest"
)

// kubeError turns an error of the Kubernetes client into one of the core's,
// with a sentence that says what to do. What is not found is NotFound: only
// the caller knows whether that is an error.
func kubeError(op string, err error) error {
	if err == nil {
		return nil
	}
	code, sentence := classify(err)
	if sentence == "" {
		return &flink.Error{Code: code, Op: op, Err: err}
	}
	return flink.Errorf(code, op, "%s: %w", sentence, err)
}

// classify goes from the particular to the general: several faults share a status.
func classify(err error) (flink.Code, string) {
	var status kerrors.APIStatus
	if !errors.As(err, &status) {
		return flink.Unavailable, "the API server did not answer" // network, credentials or context
	}
	message := status.Status().Message
	if fencePassed(message) {
		return flink.LeaseLost, "another release has taken the application over, and it is the other's turn"
	}
	if code, sentence, ok := admission(message); ok {
		return code, sentence
	}
	switch {
	case kerrors.IsConflict(err):
		return conflict(status.Status())
	case kerrors.IsAlreadyExists(err), kerrors.IsInvalid(err) && strings.Contains(message, existsAlready):
		return flink.Conflict, "somebody else created it first"
	case kerrors.IsNotFound(err):
		return notFound(status.Status())
	case kerrors.IsUnauthorized(err):
		return flink.Refused, "the cluster does not know who asks: give the caller's IAM role an access entry of the EKS cluster"
	case kerrors.IsForbidden(err) && strings.Contains(message, "exceeded quota"):
		return flink.Refused, "the namespace's quota is used up: raise it or ask for less"
	case kerrors.IsForbidden(err):
		return flink.Refused, "the Role of the namespace does not let Sluice do this: bind it to the group that Sluice's access entry names"
	case strings.Contains(message, "failed to create typed patch object"), strings.Contains(message, "field not declared in schema"):
		return flink.Refused, typedPatch(message)
	case kerrors.IsInvalid(err), kerrors.IsBadRequest(err), kerrors.IsRequestEntityTooLargeError(err):
		return flink.Refused, "the cluster refused the manifest: mend the field it names"
	case kerrors.IsMethodNotSupported(err), status.Status().Code == http.StatusGone:
		return flink.Refused, "the cluster cannot do this with the resource"
	}
	return flink.Unavailable, "the API server cannot now" // 429, 5xx, timeouts, a webhook that does not answer
}

// fencePassed tells a refusal by number from the policy's others, which are
// about what somebody wrote and not about who holds the application. The words
// are those of infra/kubernetes/fence-policy.yaml.
func fencePassed(message string) bool {
	return strings.Contains(message, "ValidatingAdmissionPolicy 'sluice-fence") && strings.Contains(message, " has been passed: ")
}

// existsAlready is how the API server refuses to create by server-side apply
// what is there: see mustNotExist.
const existsAlready = "must be specified for an update"

// conflict tells the two conflicts apart: a field that somebody else owns stays
// theirs however often we ask; a newer version of the object is read again.
func conflict(s metav1.Status) (flink.Code, string) {
	var fields []string
	if s.Details != nil {
		for _, cause := range s.Details.Causes {
			if cause.Type == metav1.CauseTypeFieldManagerConflict {
				fields = append(fields, inOtherHands(cause.Field, managerIn(cause.Message)))
			}
		}
	}
	if len(fields) > 0 {
		return flink.Refused, strings.Join(fields, "; ")
	}
	return flink.Conflict, "somebody else wrote first"
}

// managerIn finds the name in: conflict with "kubectl-edit" using flink.apache.org/v1beta1.
func managerIn(message string) string {
	_, rest, _ := strings.Cut(message, `"`)
	name, _, _ := strings.Cut(rest, `"`)
	return name
}

func notFound(s metav1.Status) (flink.Code, string) {
	switch {
	case isNoSuchKind(s):
		return flink.Refused, "the cluster has no such kind of resource: install the Flink Kubernetes Operator with its custom resource definitions"
	case s.Details.Kind == "namespaces":
		return flink.Refused, fmt.Sprintf("the namespace %s does not exist: create it, with the team's service account and Role", s.Details.Name)
	}
	return flink.NotFound, ""
}

// isNoSuchKind: of a path it does not serve the API server says 404 in plain
// text, which the client marks.
func isNoSuchKind(s metav1.Status) bool {
	if s.Details == nil || s.Details.Name == "" {
		return true
	}
	for _, cause := range s.Details.Causes {
		if cause.Type == metav1.CauseTypeUnexpectedServerResponse {
			return true
		}
	}
	return false
}

// undeclared finds the field that the CRD does not have.
var undeclared = regexp.MustCompile(`(\.[\w.\[\]"=-]+): field not declared in schema`)

func typedPatch(message string) string {
	if m := undeclared.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("the cluster's FlinkDeployment has no field %s: remove it, or install an operator that knows it", strings.TrimPrefix(m[1], "."))
	}
	return "a field of the manifest is not of the type that the cluster's FlinkDeployment asks for: mend the field it names"
}

// flinkError turns an error of Flink's REST client into one of the core's.
func flinkError(op string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &flink.Error{Code: flink.Unavailable, Op: op, Err: err}
	}
	switch rest.CodeOf(err) {
	case rest.NotFound:
		return &flink.Error{Code: flink.NotFound, Op: op, Err: err}
	case rest.Rejected, rest.Malformed:
		return &flink.Error{Code: flink.Refused, Op: op, Err: err}
	case rest.Denied:
		return flink.Errorf(flink.Refused, op, "the Role of the namespace has to allow get and create on services/proxy: %w", err)
	}
	return &flink.Error{Code: flink.Unavailable, Op: op, Err: err}
}
