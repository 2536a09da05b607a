package node

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/api/v1/resource"
	"k8s.io/kubernetes/pkg/fieldpath"
	"k8s.io/kubernetes/third_party/forked/golang/expansion"

	"github.com/sluice-flink/sluice/local/kube/internal/image"
	"github.com/sluice-flink/sluice/local/kube/internal/network"
)

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Environment is a container's environment: what every container has, the
// image's, then the container's own in order, where $(NAME) refers to what came before.
func Environment(p *corev1.Pod, c *corev1.Container, img image.Image, podIP string, in objects) (map[string]string, error) {
	env := map[string]string{
		"PATH": defaultPath, "HOME": "/root", "HOSTNAME": hostname(p),
		"KUBERNETES_SERVICE_HOST": network.ServiceIP, "KUBERNETES_SERVICE_PORT": "443", "KUBERNETES_SERVICE_PORT_HTTPS": "443",
	}
	maps.Copy(env, img.Env)
	for _, f := range c.EnvFrom {
		var data map[string][]byte
		if f.ConfigMapRef != nil {
			data = in[configMap][f.ConfigMapRef.Name]
		} else if f.SecretRef != nil {
			data = in[secret][f.SecretRef.Name]
		}
		for k, v := range data {
			env[f.Prefix+k] = string(v)
		}
	}
	for _, e := range c.Env {
		v, ok, err := variable(p, c, e, podIP, in, env)
		if err != nil {
			return nil, fmt.Errorf("environment variable %s: %w", e.Name, err)
		}
		if ok {
			env[e.Name] = v
		}
	}
	return env, nil
}

// variable gives one value; ok is false when it comes from something optional that is absent.
func variable(p *corev1.Pod, c *corev1.Container, e corev1.EnvVar, podIP string, in objects, before map[string]string) (string, bool, error) {
	from := e.ValueFrom
	switch {
	case from == nil:
		return expand(e.Value, before), true, nil
	case from.FieldRef != nil:
		v, err := field(p, from.FieldRef.FieldPath, podIP)
		return v, true, err
	case from.ResourceFieldRef != nil:
		v, err := resourceField(p, c, from.ResourceFieldRef)
		return v, true, err
	case from.ConfigMapKeyRef != nil:
		r := from.ConfigMapKeyRef
		return key(in[configMap], "ConfigMap", r.Name, r.Key, isTrue(r.Optional))
	case from.SecretKeyRef != nil:
		r := from.SecretKeyRef
		return key(in[secret], "Secret", r.Name, r.Key, isTrue(r.Optional))
	}
	return "", false, fmt.Errorf("this kind of valueFrom is not supported by sluice-kube")
}

func key(all map[string]map[string][]byte, kind, name, key string, optional bool) (string, bool, error) {
	v, ok := all[name][key]
	if !ok && !optional {
		return "", false, fmt.Errorf("%s %s has no key %s", kind, name, key)
	}
	return string(v), ok, nil
}

// field is the downward API: metadata by Kubernetes' own rules, and what only a node knows.
func field(p *corev1.Pod, path, podIP string) (string, error) {
	switch path {
	case "spec.nodeName":
		return Name, nil
	case "spec.serviceAccountName":
		return p.Spec.ServiceAccountName, nil
	case "status.podIP", "status.podIPs":
		return podIP, nil
	case "status.hostIP", "status.hostIPs":
		return network.NodeIP, nil
	}
	return fieldpath.ExtractFieldPathAsString(p, path)
}

// resourceField is a container's request or limit; one that is not set is 0, as
// the node's capacity says nothing about the machine.
func resourceField(p *corev1.Pod, c *corev1.Container, f *corev1.ResourceFieldSelector) (string, error) {
	if f.ContainerName != "" {
		return resource.ExtractResourceValueByContainerName(f, p, f.ContainerName)
	}
	if c == nil {
		return "", fmt.Errorf("resourceFieldRef %s names no container", f.Resource)
	}
	return resource.ExtractContainerResourceValue(f, c)
}

func expand(text string, env map[string]string) string {
	return expansion.Expand(text, expansion.MappingFuncFor(env))
}

func expandAll(texts []string, env map[string]string) []string {
	out := make([]string, 0, len(texts))
	for _, t := range texts {
		out = append(out, expand(t, env))
	}
	return out
}

// environ is env as NAME=value, in order.
func environ(env map[string]string) []string {
	out := make([]string, 0, len(env))
	for _, name := range slices.Sorted(maps.Keys(env)) {
		out = append(out, name+"="+env[name])
	}
	return out
}

// hostname is the pod's, at most as long as Linux allows.
func hostname(p *corev1.Pod) string {
	name := p.Spec.Hostname
	if name == "" {
		name = p.Name
	}
	return name[:min(len(name), 63)]
}
