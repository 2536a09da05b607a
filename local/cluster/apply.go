package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

// applier applies objects as kubectl apply --server-side does.
type applier struct {
	dynamic dynamic.Interface
	mapper  *restmapper.DeferredDiscoveryRESTMapper
}

func newApplier(c *rest.Config) (*applier, error) {
	d, err := dynamic.NewForConfig(c)
	if err != nil {
		return nil, err
	}
	dc, err := discovery.NewDiscoveryClientForConfig(c)
	if err != nil {
		return nil, err
	}
	return &applier{d, restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(dc))}, nil
}

// applyRetry is how often an object is tried again whose kind or namespace is
// not there yet; applyWithin is for how long.
const (
	applyRetry  = 200 * time.Millisecond
	applyWithin = 30 * time.Second
)

func (a *applier) apply(ctx context.Context, objects []*unstructured.Unstructured) error {
	ctx, cancel := context.WithTimeout(ctx, applyWithin)
	defer cancel()
	for _, o := range objects {
		for {
			err := a.applyOne(ctx, o)
			if err == nil {
				break
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("apply %s %s: %w", o.GetKind(), o.GetName(), err)
			case <-time.After(applyRetry):
				a.mapper.Reset()
			}
		}
	}
	return nil
}

func (a *applier) applyOne(ctx context.Context, o *unstructured.Unstructured) error {
	kind := o.GroupVersionKind()
	m, err := a.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return err
	}
	var to dynamic.ResourceInterface = a.dynamic.Resource(m.Resource)
	if m.Scope.Name() == meta.RESTScopeNameNamespace {
		to = a.dynamic.Resource(m.Resource).Namespace(o.GetNamespace())
	}
	_, err = to.Apply(ctx, o.GetName(), o, metav1.ApplyOptions{FieldManager: "sluice-local", Force: true})
	return err
}

// readCRDs reads the operator's CRDs.
func readCRDs(dir string) ([]*unstructured.Unstructured, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.y*ml"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("there are no CRDs in %q", dir)
	}
	var all []*unstructured.Unstructured
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		objects, err := decode(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		all = append(all, objects...)
	}
	return all, nil
}

// decode reads multi-document YAML.
func decode(b []byte) ([]*unstructured.Unstructured, error) {
	var all []*unstructured.Unstructured
	for d := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(b), 4096); ; {
		o := &unstructured.Unstructured{}
		err := d.Decode(&o.Object)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if len(o.Object) > 0 {
			all = append(all, o)
		}
	}
}

// Apply applies one object as kubectl apply --server-side does. A kind or a
// namespace that is not there is an error.
func (c *Cluster) Apply(ctx context.Context, o *unstructured.Unstructured) error {
	a, err := newApplier(c.Config)
	if err != nil {
		return err
	}
	return a.applyOne(ctx, o)
}
