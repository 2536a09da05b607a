package look

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/sluice-flink/sluice/infra/verify"
)

// Helm keeps each revision of a release in a secret with these labels
// (https://helm.sh/docs/topics/advanced/#storage-backends): its record is JSON,
// compressed, in base64, which Kubernetes puts into base64 once more.
var secretKind = schema.GroupVersionResource{Version: "v1", Resource: "secrets"}

// largestRelease bounds what a record may unpack to.
const largestRelease = 64 << 20

// release is the newest revision of a release; nil: Helm has none.
func (c *Cluster) release(ctx context.Context, namespace, name string) (*verify.Release, error) {
	list, err := c.Kube.Resource(secretKind).Namespace(namespace).List(ctx, v1.ListOptions{LabelSelector: "owner=helm,name=" + name})
	if err != nil {
		return nil, err
	}
	newest, at := -1, -1
	for i, secret := range list.Items {
		if revision, err := strconv.Atoi(secret.GetLabels()["version"]); err == nil && revision > newest {
			newest, at = revision, i
		}
	}
	if at < 0 {
		return nil, nil
	}
	text, _, _ := unstructured.NestedString(list.Items[at].Object, "data", "release")
	r, err := recordOf(text)
	if err != nil {
		return nil, fmt.Errorf("read Helm's record of %s/%s: %w", namespace, name, err)
	}
	return &verify.Release{Name: name, Namespace: namespace, Chart: r.Chart.Metadata.Name, Version: r.Chart.Metadata.Version, Status: r.Info.Status}, nil
}

// record is what of Helm's is read.
type record struct {
	Info  struct{ Status string }
	Chart struct {
		Metadata struct{ Name, Version string }
	}
}

func recordOf(secret string) (r record, err error) {
	once, err := base64.StdEncoding.DecodeString(secret)
	if err != nil {
		return r, err
	}
	packed, err := base64.StdEncoding.DecodeString(string(once))
	if err != nil {
		return r, err
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return r, err
	}
	return r, json.NewDecoder(io.LimitReader(unpacked, largestRelease)).Decode(&r)
}
