package node

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/volume/util"
)

// payload is the files of a volume that shows objects: path to content and mode.
type payload map[string]util.FileProjection

const defaultMode = corev1.ConfigMapVolumeSourceDefaultMode

// volumePayload is pure but for tokens, which token makes.
func volumePayload(p *corev1.Pod, v corev1.Volume, podIP string, in objects, token func(*corev1.ServiceAccountTokenProjection) (string, error)) (payload, error) {
	out := payload{}
	switch {
	case v.ConfigMap != nil:
		m := v.ConfigMap
		return out, out.items(in[configMap], "ConfigMap", m.Name, m.Items, mode(m.DefaultMode), isTrue(m.Optional))
	case v.Secret != nil:
		s := v.Secret
		return out, out.items(in[secret], "Secret", s.SecretName, s.Items, mode(s.DefaultMode), isTrue(s.Optional))
	case v.DownwardAPI != nil:
		return out, out.downward(p, v.DownwardAPI.Items, podIP, mode(v.DownwardAPI.DefaultMode))
	}
	for _, s := range v.Projected.Sources {
		if err := out.source(p, s, podIP, in, mode(v.Projected.DefaultMode), token); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (out payload) source(p *corev1.Pod, s corev1.VolumeProjection, podIP string, in objects, mode int32, token func(*corev1.ServiceAccountTokenProjection) (string, error)) error {
	switch {
	case s.ConfigMap != nil:
		return out.items(in[configMap], "ConfigMap", s.ConfigMap.Name, s.ConfigMap.Items, mode, isTrue(s.ConfigMap.Optional))
	case s.Secret != nil:
		return out.items(in[secret], "Secret", s.Secret.Name, s.Secret.Items, mode, isTrue(s.Secret.Optional))
	case s.DownwardAPI != nil:
		return out.downward(p, s.DownwardAPI.Items, podIP, mode)
	}
	text, err := token(s.ServiceAccountToken)
	out[s.ServiceAccountToken.Path] = util.FileProjection{Data: []byte(text), Mode: mode}
	return err
}

// items puts an object's keys, or the chosen ones, at their paths.
func (out payload) items(all map[string]map[string][]byte, kind, name string, chosen []corev1.KeyToPath, mode int32, optional bool) error {
	data := all[name]
	if len(chosen) == 0 {
		for k, v := range data {
			out[k] = util.FileProjection{Data: v, Mode: mode}
		}
		return nil
	}
	for _, item := range chosen {
		v, ok := data[item.Key]
		if !ok && optional {
			continue
		}
		if !ok {
			return fmt.Errorf("%s %s has no key %s", kind, name, item.Key)
		}
		out[item.Path] = util.FileProjection{Data: v, Mode: or(item.Mode, mode)}
	}
	return nil
}

func (out payload) downward(p *corev1.Pod, items []corev1.DownwardAPIVolumeFile, podIP string, mode int32) error {
	for _, item := range items {
		var text string
		var err error
		if item.FieldRef != nil {
			text, err = field(p, item.FieldRef.FieldPath, podIP)
		} else {
			text, err = resourceField(p, nil, item.ResourceFieldRef)
		}
		if err != nil {
			return fmt.Errorf("file %s: %w", item.Path, err)
		}
		out[item.Path] = util.FileProjection{Data: []byte(text), Mode: or(item.Mode, mode)}
	}
	return nil
}

func mode(m *int32) int32 { return or(m, defaultMode) }

func or(m *int32, other int32) int32 {
	if m != nil {
		return *m
	}
	return other
}
