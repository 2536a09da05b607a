package plane

import (
	"context"
	"fmt"

	v1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// unserved are kinds the API server accepts and nothing here acts on.
type unserved struct {
	name     string
	action   v1.ValidationAction
	message  string
	group    string
	version  string
	resource []string
}

var unservedKinds = []unserved{
	{"no-daemonsets", v1.Deny, "DaemonSets are not run by sluice-kube: use a Deployment", "apps", "v1", []string{"daemonsets"}},
	{"no-cronjobs", v1.Deny, "CronJobs are not run by sluice-kube: use a Job", "batch", "v1", []string{"cronjobs"}},
	{"no-storage", v1.Deny, "sluice-kube has no storage classes: use an emptyDir or hostPath volume in place of a claim", "", "v1", []string{"persistentvolumeclaims", "persistentvolumes"}},
	{"no-autoscalers", v1.Warn, "HorizontalPodAutoscalers have no effect in sluice-kube", "autoscaling", "v2", []string{"horizontalpodautoscalers"}},
	{"no-ingresses", v1.Warn, "Ingresses and NetworkPolicies have no effect in sluice-kube", "networking.k8s.io", "v1", []string{"ingresses", "networkpolicies"}},
	{"no-budgets", v1.Warn, "PodDisruptionBudgets have no effect in sluice-kube", "policy", "v1", []string{"poddisruptionbudgets"}},
}

// refuseUnserved makes the API server deny, or warn of, the unserved kinds.
func refuseUnserved(ctx context.Context, config *rest.Config) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	for _, u := range unservedKinds {
		policy, binding := u.policy()
		_, err := client.AdmissionregistrationV1().ValidatingAdmissionPolicies().Create(ctx, policy, metav1.CreateOptions{})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("%s: %w", u.name, err)
		}
		_, err = client.AdmissionregistrationV1().ValidatingAdmissionPolicyBindings().Create(ctx, binding, metav1.CreateOptions{})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("%s: %w", u.name, err)
		}
	}
	return nil
}

func (u unserved) policy() (*v1.ValidatingAdmissionPolicy, *v1.ValidatingAdmissionPolicyBinding) {
	meta := metav1.ObjectMeta{Name: u.name + ".sluice-kube"}
	fail := v1.Fail
	rule := v1.NamedRuleWithOperations{RuleWithOperations: v1.RuleWithOperations{
		Operations: []v1.OperationType{v1.Create},
		Rule:       v1.Rule{APIGroups: []string{u.group}, APIVersions: []string{u.version}, Resources: u.resource},
	}}
	policy := &v1.ValidatingAdmissionPolicy{ObjectMeta: meta, Spec: v1.ValidatingAdmissionPolicySpec{
		FailurePolicy:    &fail,
		MatchConstraints: &v1.MatchResources{ResourceRules: []v1.NamedRuleWithOperations{rule}},
		Validations:      []v1.Validation{{Expression: "false", Message: u.message}},
	}}
	binding := &v1.ValidatingAdmissionPolicyBinding{ObjectMeta: meta, Spec: v1.ValidatingAdmissionPolicyBindingSpec{
		PolicyName: meta.Name, ValidationActions: []v1.ValidationAction{u.action},
	}}
	return policy, binding
}
