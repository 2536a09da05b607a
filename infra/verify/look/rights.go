package look

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sluice-flink/sluice/infra/verify"
)

// rights asks the API server what it would say to each subject. Who asks needs to
// be an administrator of the cluster.
func (l *looker) rights(ctx context.Context) error {
	for _, q := range verify.Questions(l.platform) {
		allowed, err := l.from.Cluster.may(ctx, q)
		if err != nil {
			return err
		}
		l.seen.Answers[q] = allowed
	}
	return nil
}

// may is a SubjectAccessReview, which changes nothing
// (https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1/).
func (c *Cluster) may(ctx context.Context, q verify.Question) (bool, error) {
	spec := map[string]any{"resourceAttributes": map[string]any{
		"namespace": q.Namespace, "verb": q.Right.Verb, "group": q.Right.Group, "resource": q.Right.Resource, "subresource": q.Right.Sub, "name": q.Right.Name,
	}}
	if q.Subject.Group != "" {
		spec["groups"] = []any{q.Subject.Group, "system:authenticated"}
		spec["user"] = "sluice:verify" // who has no rights of their own
	} else {
		spec["user"] = q.Subject.User
	}
	review := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}}
	answer, err := c.Kube.Resource(reviewKind).Create(ctx, review, v1.CreateOptions{})
	if err != nil {
		return false, fmt.Errorf("ask whether %s may %s: %w", q.Subject, q.Right, err)
	}
	allowed, _, err := unstructured.NestedBool(answer.Object, "status", "allowed")
	return allowed, err
}
