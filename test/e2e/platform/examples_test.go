//go:build e2e

package platform

import (
	"context"
	"strconv"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/sluice-flink/sluice/test/examples"
)

var (
	deployments = schema.GroupVersionResource{Group: "flink.apache.org", Version: "v1beta1", Resource: "flinkdeployments"}
	sessionJobs = schema.GroupVersionResource{Group: "flink.apache.org", Version: "v1beta1", Resource: "flinksessionjobs"}
	quotas      = schema.GroupVersionResource{Version: "v1", Resource: "resourcequotas"}
	pods        = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
)

// examplesAreTaken asks the API server to create each example, filled in, and the
// pods of its templates in the team's namespace, with its quota and its level of pod
// security. Nothing is stored (a dry run): the operator has no image to start.
func examplesAreTaken(t *testing.T, config *rest.Config) {
	api, err := dynamic.NewForConfig(config)
	must(t, err)
	all, err := examples.Read("../../..")
	must(t, err)
	for _, e := range all {
		for _, r := range e.Resources {
			of := deployments
			if r["kind"] == "FlinkSessionJob" {
				of = sessionJobs
			}
			if err := try(t.Context(), api, of, r); err != nil {
				t.Errorf("%s: %v", e.Name, err)
			}
		}
		for _, kind := range []string{"jobManager", "taskManager"} {
			if err := try(t.Context(), api, pods, e.Pod(kind)); err != nil {
				t.Errorf("the %s of %s: %v", kind, e.Name, err)
			}
		}
	}
}

// misspeltFieldsAreRefused changes one name in an example at a time: what is taken
// above is taken for what it says.
func misspeltFieldsAreRefused(t *testing.T, config *rest.Config) {
	api, err := dynamic.NewForConfig(config)
	must(t, err)
	all, err := examples.Read("../../..")
	must(t, err)
	for _, e := range all {
		if e.Name != "monitoring" {
			continue
		}
		for right, wrong := range map[string]string{
			"emrReleaseLabel": "emrRelease", "executionRoleArn": "executionRoleARN", "jobManager.storageDir": "jobManager.storage",
			"monitoringConfiguration.sideCarResources.limits.cpuLimit": "cpu", "monitoringConfiguration.containerLogRotationConfiguration.rotationSize": "size",
			"podTemplate.spec.schedulerName": "scheduler", "taskManager.podTemplate.spec.nodeSelector": "nodeSelectors",
		} {
			misspelt := (&unstructured.Unstructured{Object: e.Deployment()}).DeepCopy()
			path := strings.Split(right, ".")
			parent := below(misspelt.Object, append([]string{"spec"}, path[:len(path)-1]...)...)
			last := path[len(path)-1]
			wrong = wrong[strings.LastIndex(wrong, ".")+1:]
			if parent[last] == nil {
				t.Errorf("the example has no %s", right)
			}
			parent[wrong] = parent[last]
			delete(parent, last)
			if err := try(t.Context(), api, deployments, misspelt.Object); !apierrors.IsBadRequest(err) || !strings.Contains(err.Error(), wrong) {
				t.Errorf("%s, written %s: %v", right, wrong, err)
			}
		}
	}
}

// whatTheNamespaceForbidsIsRefused shows that the quota and the level of security
// are in force: without them, taking the pods above would mean nothing.
func whatTheNamespaceForbidsIsRefused(t *testing.T, config *rest.Config) {
	api, err := dynamic.NewForConfig(config)
	must(t, err)
	all, err := examples.Read("../../..")
	must(t, err)
	for because, change := range map[string]func(pod map[string]any){
		"exceeded quota": func(pod map[string]any) {
			size := below(pod["spec"].(map[string]any)["containers"].([]any)[0].(map[string]any), "resources")
			size["requests"] = map[string]any{"cpu": strconv.Itoa(ours.Quota.CPU + 1), "memory": "1Gi"}
			size["limits"] = size["requests"]
		},
		"violates PodSecurity": func(pod map[string]any) { below(pod, "spec")["hostNetwork"] = true },
	} {
		pod := all[0].Pod("jobManager")
		change(pod)
		if err := try(t.Context(), api, pods, pod); !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), because) {
			t.Errorf("%s: %v", because, err)
		}
	}
}

// quotaCounts writes what the controller of quotas would, which does not run here: that
// nothing is used yet. From then on the API server holds pods against the quota.
func quotaCounts(t *testing.T, config *rest.Config) {
	api, err := dynamic.NewForConfig(config)
	must(t, err)
	of := api.Resource(quotas).Namespace(ours.Namespace)
	list, err := of.List(t.Context(), metav1.ListOptions{})
	must(t, err)
	if len(list.Items) != 1 {
		t.Fatalf("the namespace has %d quotas", len(list.Items))
	}
	quota := list.Items[0]
	hard := below(quota.Object, "spec", "hard")
	used := map[string]any{}
	for name := range hard {
		used[name] = "0"
	}
	quota.Object["status"] = map[string]any{"hard": hard, "used": used}
	_, err = of.UpdateStatus(t.Context(), &quota, metav1.UpdateOptions{})
	must(t, err)
}

func try(ctx context.Context, api dynamic.Interface, of schema.GroupVersionResource, object map[string]any) error {
	o := &unstructured.Unstructured{Object: object}
	_, err := api.Resource(of).Namespace(o.GetNamespace()).Create(ctx, o, metav1.CreateOptions{
		DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict,
	})
	return err
}
