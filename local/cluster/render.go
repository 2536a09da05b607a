package cluster

import (
	"bytes"
	"embed"
	"text/template"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

//go:generate cp ../../infra/kubernetes/fence-policy.yaml manifests/

//go:embed manifests
var manifests embed.FS

// fencePolicy is a copy of what an EKS cluster is given: it stands here because
// nothing may be embedded from elsewhere. Only generate writes it.
const fencePolicy = "manifests/fence-policy.yaml"

// render fills the manifests in: the operator, the fence, then a namespace a team.
func render(o Options) ([]*unstructured.Unstructured, error) {
	all, err := fill("manifests/operator.yaml", map[string]string{
		"S3": objectStoreURL, "Region": o.Region, "AccessKey": o.AccessKey, "SecretKey": o.SecretKey, "JavaOptions": o.JavaOptions})
	if err != nil {
		return nil, err
	}
	policy, err := manifests.ReadFile(fencePolicy)
	if err != nil {
		return nil, err
	}
	fence, err := decode(policy)
	if err != nil {
		return nil, err
	}
	all = append(all, fence...)
	for _, team := range o.Teams {
		more, err := fill("manifests/team.yaml", map[string]string{"Team": team})
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
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
