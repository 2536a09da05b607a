package cluster

import (
	"bytes"
	"embed"
	"text/template"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

//go:generate cp ../../infra/kubernetes/fence-policy.yaml ../../infra/kubernetes/rehearsal.yaml manifests/

//go:embed manifests
var manifests embed.FS

// Copies of what an EKS cluster is given: they stand here because nothing may be
// embedded from elsewhere. Only generate writes them.
const (
	fencePolicy = "manifests/fence-policy.yaml" // once
	rehearsal   = "manifests/rehearsal.yaml"    // in each team's namespace
)

// render fills the manifests in: the operator, the fence, then a namespace a team.
func render(o Options) ([]*unstructured.Unstructured, error) {
	all, err := fill("manifests/operator.yaml", map[string]string{
		"S3": objectStoreURL, "Region": o.Region, "AccessKey": o.AccessKey, "SecretKey": o.SecretKey, "JavaOptions": o.JavaOptions})
	if err != nil {
		return nil, err
	}
	fence, err := plain(fencePolicy)
	if err != nil {
		return nil, err
	}
	all = append(all, fence...)
	for _, team := range o.Teams {
		more, err := fill("manifests/team.yaml", map[string]string{"Team": team})
		if err != nil {
			return nil, err
		}
		rehearsals, err := plain(rehearsal)
		if err != nil {
			return nil, err
		}
		for _, o := range rehearsals {
			o.SetNamespace(team)
		}
		all = append(append(all, more...), rehearsals...)
	}
	return all, nil
}

// plain reads a manifest that has nothing to fill in.
func plain(file string) ([]*unstructured.Unstructured, error) {
	text, err := manifests.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return decode(text)
}

func fill(file string, values map[string]string) ([]*unstructured.Unstructured, error) {
	t, err := template.New(file[len("manifests/"):]).Option("missingkey=error").ParseFS(manifests, file)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, values); err != nil {
		return nil, err
	}
	return decode(b.Bytes())
}
