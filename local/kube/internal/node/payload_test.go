package node

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func i32(n int32) *int32 { return &n }

func named(n string) corev1.LocalObjectReference { return corev1.LocalObjectReference{Name: n} }

func noToken(*corev1.ServiceAccountTokenProjection) (string, error) {
	return "", errors.New("no token was asked for")
}

func TestVolumesShowTheObjectsTheyName(t *testing.T) {
	in := objects{configMap: {"m": {"a": []byte("1"), "b": []byte("2")}}, secret: {"s": {"k": []byte("hush")}}}
	type file struct {
		text string
		mode int32
	}
	cases := map[string]struct {
		source corev1.VolumeSource
		want   map[string]file
	}{
		"all keys of a ConfigMap": {corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: named("m")}},
			map[string]file{"a": {"1", 0o644}, "b": {"2", 0o644}}},
		"chosen keys at chosen paths": {corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: named("m"), DefaultMode: i32(0o600),
			Items: []corev1.KeyToPath{{Key: "a", Path: "deep/A"}, {Key: "b", Path: "B", Mode: i32(0o755)}}}},
			map[string]file{"deep/A": {"1", 0o600}, "B": {"2", 0o755}}},
		"an optional object that is gone": {corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "gone", Optional: yes()}}, map[string]file{}},
		"fields of the pod": {corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{Items: []corev1.DownwardAPIVolumeFile{
			{Path: "labels", FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.labels"}}}}},
			map[string]file{"labels": {`app="a"`, 0o644}}},
		"several sources at once": {corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{DefaultMode: i32(0o400), Sources: []corev1.VolumeProjection{
			{Secret: &corev1.SecretProjection{LocalObjectReference: named("s")}},
			{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: named("m"), Items: []corev1.KeyToPath{{Key: "a", Path: "a"}}}},
			{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token", Audience: "aud"}}}}},
			map[string]file{"k": {"hush", 0o400}, "a": {"1", 0o400}, "token": {"token for aud", 0o400}}},
	}
	token := func(p *corev1.ServiceAccountTokenProjection) (string, error) { return "token for " + p.Audience, nil }
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := volumePayload(pod(), corev1.Volume{Name: "v", VolumeSource: c.source}, podIP, in, token)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]file{}
			for path, f := range got {
				files[path] = file{string(f.Data), f.Mode}
			}
			if !reflect.DeepEqual(files, c.want) {
				t.Errorf("got %v, want %v", files, c.want)
			}
		})
	}
}

func TestAVolumeWaitsForAKeyItNeeds(t *testing.T) {
	v := corev1.Volume{VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: named("m"), Items: []corev1.KeyToPath{{Key: "x", Path: "x"}}}}}
	if _, err := volumePayload(pod(), v, podIP, objects{configMap: {"m": {}}}, noToken); err == nil || err.Error() != "ConfigMap m has no key x" {
		t.Errorf("got %v", err)
	}
}

func TestAPodKnowsWhichObjectsItsVolumesShow(t *testing.T) {
	p := pod()
	p.Spec.Volumes = []corev1.Volume{
		{VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: named("m")}}},
		{VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{Secret: &corev1.SecretProjection{LocalObjectReference: named("s")}}}}}},
	}
	r := &run{pod: p}
	if !r.shows(configMap, "m") || !r.shows(secret, "s") || r.shows(secret, "m") || r.shows(configMap, "x") {
		t.Error("wrong objects")
	}
}

func TestAHostPathIsMadeOrRefusedAsItsTypeSays(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		path string
		kind corev1.HostPathType
		ok   bool
	}{
		"any folder":                     {dir, "", true},
		"a folder that is made":          {filepath.Join(dir, "a/b"), corev1.HostPathDirectoryOrCreate, true},
		"a file that is made":            {filepath.Join(dir, "f"), corev1.HostPathFileOrCreate, true},
		"a folder that must be there":    {filepath.Join(dir, "no"), corev1.HostPathDirectory, false},
		"a file where a folder must be":  {file, corev1.HostPathDirectory, false},
		"a folder where a file must be":  {dir, corev1.HostPathFile, false},
		"a folder without type, missing": {filepath.Join(dir, "c"), "", true},
	}
	for name, c := range cases {
		err := ensureHostPath(&corev1.HostPathVolumeSource{Path: c.path, Type: &c.kind})
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if _, statErr := os.Stat(c.path); err == nil && statErr != nil {
			t.Errorf("%s: %v", name, statErr)
		}
	}
}
