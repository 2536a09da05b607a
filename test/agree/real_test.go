//go:build agree

package agree

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/yaml"

	"github.com/sluice-flink/sluice/internal/eks"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/local/demo/laptop"
)

// real is an application on a real cluster as a place.
type real struct {
	*eks.Target
	kube    dynamic.Interface
	objects *s3.Client
	bucket  string
	jobs    string // folder with the counter's jars
	app     flink.Application
}

var (
	deployments = schema.GroupVersionResource{Group: "flink.apache.org", Version: "v1beta1", Resource: "flinkdeployments"}
	pods        = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
)

func newReal(l *laptop.Laptop, app flink.Application) (*real, error) {
	target, err := eks.Connect(eks.Config{Kubeconfig: l.Where.Kubeconfig, Operator: eks.Operator(l.Where.Operator)})
	if err != nil {
		return nil, err
	}
	config, err := clientcmd.BuildConfigFromFlags("", l.Where.Kubeconfig)
	if err != nil {
		return nil, err
	}
	kube, err := dynamic.NewForConfig(config)
	return &real{Target: target, kube: kube, objects: l.Where.Objects(), bucket: l.Where.Data, jobs: l.Kit.Jobs, app: app}, err
}

func (p *real) Application() flink.Application { return p.app }
func (p *real) Directory() string              { return "s3://" + p.bucket + "/" + p.app.String() + "/asked-for" }
func (p *real) Nowhere() string                { return nowhere }
func (p *real) Look() time.Duration            { return 500 * time.Millisecond }
func (p *real) Settle() time.Duration          { return 4 * time.Second }

func (p *real) Pass(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// Revision is a version of the counter, its jar in the bucket of data: in that
// of artifacts it would be an upload.
func (p *real) Revision(name string) (flink.Revision, error) {
	v, err := versionOf(name)
	if err != nil {
		return flink.Revision{}, err
	}
	m, err := p.manifest()
	if err != nil {
		return flink.Revision{}, err
	}
	if v.edit != nil {
		v.edit(m)
	}
	jar, err := p.pin(v.jar)
	if err != nil {
		return flink.Revision{}, err
	}
	return flink.NewRevision(m, jar)
}

func (p *real) manifest() (manifest, error) {
	body, err := os.ReadFile(filepath.Join(filepath.Dir(p.jobs), flink.ManifestFile))
	if err != nil {
		return nil, err
	}
	first, _, _ := strings.Cut(string(body), "\n---\n")
	var m map[string]any
	if err := yaml.Unmarshal([]byte(first), &m); err != nil {
		return nil, err
	}
	replaced(m, strings.NewReplacer("${DATA_BUCKET}/flink-team-a-ns/counter", p.bucket+"/"+p.app.String()))
	metadata := manifest(m).below("metadata")
	metadata["name"], metadata["namespace"] = p.app.Name, p.app.Namespace
	return m, nil
}

func (p *real) pin(file string) (flink.PinnedJar, error) {
	class := "com.sluice.examples.counter.CounterJob"
	if file == "" {
		sha := strings.Repeat("0", 64)
		return flink.PinnedJar{Bucket: p.bucket, Key: flink.JarKey(sha), SHA256: sha, EntryClass: class}, nil
	}
	body, err := os.ReadFile(filepath.Join(p.jobs, file))
	if err != nil {
		return flink.PinnedJar{}, err
	}
	sum := sha256.Sum256(body)
	sha := hex.EncodeToString(sum[:])
	key := flink.JarKey(sha)
	_, err = p.objects.PutObject(context.Background(), &s3.PutObjectInput{Bucket: &p.bucket, Key: &key, Body: bytes.NewReader(body)})
	return flink.PinnedJar{Bucket: p.bucket, Key: key, SHA256: sha, EntryClass: class}, err
}

func (p *real) KillTaskManager(ctx context.Context) error { return p.kill(ctx, "taskmanager") }
func (p *real) KillJobManager(ctx context.Context) error  { return p.kill(ctx, "jobmanager") }

// kill gives the pods no time to say goodbye, as a lost node would not.
func (p *real) kill(ctx context.Context, component string) error {
	list, err := p.kube.Resource(pods).Namespace(p.app.Namespace).List(ctx, metav1.ListOptions{LabelSelector: "app=" + p.app.Name + ",component=" + component})
	if err != nil {
		return err
	}
	if len(list.Items) == 0 {
		return fmt.Errorf("there is no pod of the %s", component)
	}
	now := int64(0)
	for _, pod := range list.Items {
		if err := p.kube.Resource(pods).Namespace(p.app.Namespace).Delete(ctx, pod.GetName(), metav1.DeleteOptions{GracePeriodSeconds: &now}); err != nil {
			return err
		}
	}
	return nil
}

func (p *real) DeleteByHand(ctx context.Context) error {
	return p.kube.Resource(deployments).Namespace(p.app.Namespace).Delete(ctx, p.app.Name, metav1.DeleteOptions{})
}

// CreateByHand is what kubectl would send: rendered, since a jar has to reach
// Flink, and without a word of Sluice.
func (p *real) CreateByHand(ctx context.Context, version string) error {
	r, err := p.Revision(version)
	if err != nil {
		return err
	}
	d := flink.Desired{Application: p.app, Revision: r, Run: flink.Running, Restore: flink.Restore{Kind: flink.RestoreNothing}}
	rendered, err := eks.Render(d, eks.Situation{Operator: eks.Apache})
	if err != nil {
		return err
	}
	m := manifest(rendered.Object)
	delete(m.below("metadata"), "annotations")
	delete(m.below("metadata"), "labels")
	_, err = p.kube.Resource(deployments).Namespace(p.app.Namespace).
		Create(ctx, &unstructured.Unstructured{Object: m}, metav1.CreateOptions{FieldManager: "kubectl-create"})
	return err
}

func (p *real) SuspendByHand(ctx context.Context) error {
	patch := []byte(`{"spec":{"job":{"state":"suspended"}}}`)
	_, err := p.kube.Resource(deployments).Namespace(p.app.Namespace).Patch(ctx, p.app.Name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: "kubectl-patch"})
	return err
}

func (p *real) Lose(ctx context.Context, path string) error {
	key := strings.TrimPrefix(path, "s3://"+p.bucket+"/")
	list, err := p.objects.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &p.bucket, Prefix: &key})
	if err != nil {
		return err
	}
	if len(list.Contents) == 0 {
		return fmt.Errorf("nothing lies below %s", path)
	}
	for _, o := range list.Contents {
		if _, err := p.objects.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &p.bucket, Key: o.Key}); err != nil {
			return err
		}
	}
	return nil
}

// clear takes the application away, however the scenario left it.
func (p *real) clear(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := p.DeleteByHand(ctx); err != nil && !kerrors.IsNotFound(err) {
		return err
	}
	for {
		list, err := p.kube.Resource(pods).Namespace(p.app.Namespace).List(ctx, metav1.ListOptions{LabelSelector: "app=" + p.app.Name})
		if err != nil || len(list.Items) == 0 {
			return err
		}
		if err := p.Pass(ctx, p.Look()); err != nil {
			return err
		}
	}
}

// replaced fills a value's placeholders in, all the way down.
func replaced(v any, words *strings.Replacer) any {
	switch v := v.(type) {
	case string:
		return words.Replace(v)
	case []any:
		for i := range v {
			v[i] = replaced(v[i], words)
		}
	case map[string]any:
		for k := range v {
			v[k] = replaced(v[k], words)
		}
	}
	return v
}
