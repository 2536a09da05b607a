package cluster

import (
	"bytes"
	"embed"
	"text/template"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

//go:embed manifests
var manifests embed.FS

// render fills the manifests in: the operator, then a namespace a team.
func render(o Options) ([]*unstructured.Unstructured, error) {
	all, err := fill("manifests/operator.yaml", map[string]string{
		"S3": objectStoreURL, "Region": o.Region, "AccessKey": o.AccessKey, "SecretKey": o.SecretKey, "JavaOptions": o.JavaOptions})
	if err != nil {
		return nil, err
	}
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
