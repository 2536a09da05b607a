package node

import (
	"context"
	"fmt"
	"time"

	authv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// objectKind is a kind of object that environments and volumes refer to.
type objectKind int

const (
	configMap objectKind = iota
	secret
)

// reference is one object a pod refers to.
type reference struct {
	kind     objectKind
	name     string
	optional bool
}

// objects are the contents of the objects a pod refers to. One that is missing
// and optional is absent.
type objects map[objectKind]map[string]map[string][]byte

// readTimeout bounds one round of reading.
const readTimeout = 30 * time.Second

// gather reads the referred objects from the API server, not from a cache: an
// upgrade replaces a ConfigMap just before the pod that must see the new one.
func (r *run) gather(refs []reference) (objects, error) {
	ctx, cancel := context.WithTimeout(r.alive, readTimeout)
	defer cancel()
	out := objects{configMap: {}, secret: {}}
	for _, ref := range refs {
		if _, ok := out[ref.kind][ref.name]; ok {
			continue
		}
		data, err := r.read(ctx, ref)
		if apierrors.IsNotFound(err) && ref.optional {
			continue
		}
		if err != nil {
			return nil, err
		}
		out[ref.kind][ref.name] = data
	}
	return out, nil
}

func (r *run) read(ctx context.Context, ref reference) (map[string][]byte, error) {
	core := r.node.client.CoreV1()
	if ref.kind == secret {
		s, err := core.Secrets(r.pod.Namespace).Get(ctx, ref.name, metav1.GetOptions{})
		if err != nil {
			return nil, err
		}
		return s.Data, nil
	}
	m, err := core.ConfigMaps(r.pod.Namespace).Get(ctx, ref.name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	data := make(map[string][]byte, len(m.Data)+len(m.BinaryData))
	for k, v := range m.Data {
		data[k] = []byte(v)
	}
	for k, v := range m.BinaryData {
		data[k] = v
	}
	return data, nil
}

// token asks for a token of the pod's service account.
func (r *run) token(want *corev1.ServiceAccountTokenProjection) (string, error) {
	ctx, cancel := context.WithTimeout(r.alive, readTimeout)
	defer cancel()
	request := &authv1.TokenRequest{Spec: authv1.TokenRequestSpec{
		ExpirationSeconds: want.ExpirationSeconds,
		BoundObjectRef:    &authv1.BoundObjectReference{APIVersion: "v1", Kind: "Pod", Name: r.pod.Name, UID: r.pod.UID},
	}}
	if want.Audience != "" {
		request.Spec.Audiences = []string{want.Audience}
	}
	made, err := r.node.client.CoreV1().ServiceAccounts(r.pod.Namespace).CreateToken(ctx, r.pod.Spec.ServiceAccountName, request, metav1.CreateOptions{})
	if err != nil {
		return "", fmt.Errorf("token of service account %s: %w", r.pod.Spec.ServiceAccountName, err)
	}
	return made.Status.Token, nil
}

// environmentReferences are the objects a container's environment is made of.
func environmentReferences(c *corev1.Container) []reference {
	var out []reference
	for _, f := range c.EnvFrom {
		if m := f.ConfigMapRef; m != nil {
			out = append(out, reference{configMap, m.Name, isTrue(m.Optional)})
		}
		if s := f.SecretRef; s != nil {
			out = append(out, reference{secret, s.Name, isTrue(s.Optional)})
		}
	}
	for _, e := range c.Env {
		if e.ValueFrom == nil {
			continue
		}
		if m := e.ValueFrom.ConfigMapKeyRef; m != nil {
			out = append(out, reference{configMap, m.Name, isTrue(m.Optional)})
		}
		if s := e.ValueFrom.SecretKeyRef; s != nil {
			out = append(out, reference{secret, s.Name, isTrue(s.Optional)})
		}
	}
	return out
}

// volumeReferences are the objects a volume shows.
func volumeReferences(v corev1.Volume) []reference {
	switch {
	case v.ConfigMap != nil:
		return []reference{{configMap, v.ConfigMap.Name, isTrue(v.ConfigMap.Optional)}}
	case v.Secret != nil:
		return []reference{{secret, v.Secret.SecretName, isTrue(v.Secret.Optional)}}
	case v.Projected == nil:
		return nil
	}
	var out []reference
	for _, s := range v.Projected.Sources {
		if m := s.ConfigMap; m != nil {
			out = append(out, reference{configMap, m.Name, isTrue(m.Optional)})
		}
		if s := s.Secret; s != nil {
			out = append(out, reference{secret, s.Name, isTrue(s.Optional)})
		}
	}
	return out
}

// shows says whether a volume of the pod shows the object.
func (r *run) shows(kind objectKind, name string) bool {
	for _, v := range r.pod.Spec.Volumes {
		for _, ref := range volumeReferences(v) {
			if ref.kind == kind && ref.name == name {
				return true
			}
		}
	}
	return false
}

func isTrue(b *bool) bool { return b != nil && *b }
