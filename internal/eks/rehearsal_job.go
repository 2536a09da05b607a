package eks

import (
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/rest"
)

// Names and marks of a rehearsal. The pods carry none of the application's own
// labels: its Services select pods by them.
const (
	rehearsalOf         = "sluice/rehearsal-of" // label: name of the application
	rehearsalAnnotation = "sluice/rehearsal"    // the request's ID
	rehearsedSnapshot   = "sluice/snapshot"
	rehearsalPolicy     = "sluice-rehearsal" // NetworkPolicy: infra/kubernetes/rehearsal.yaml
	mainContainer       = "flink-main-container"
	scratchVolume       = "sluice-scratch"
	scratchDir          = "/opt/sluice-scratch"
)

// rehearsalLinger is how long an ended Job that nobody removed stays.
const rehearsalLinger = 10 * time.Minute

// restPort is where a rehearsal's REST API listens, whatever the job's configuration says.
const restPort = "8081"

func rehearsalName(r flink.Rehearsal) string {
	return r.Application.Name + "-rehearse-" + rehearsalJobID(r)[:8]
}

// rehearsalJobID is Flink's id of the job: its own, so that nothing of the
// running job's is touched where states are kept below a directory a job.
func rehearsalJobID(r flink.Rehearsal) string {
	return rest.TriggerID("rehearsal", r.Application.Namespace, r.Application.Name, r.ID)
}

// stage is what a rehearsal is made from: the application as it runs.
type stage struct {
	spec  map[string]any // of the FlinkDeployment
	pod   map[string]any // spec of the JobManager's pod, as the operator wrote it into its Deployment
	owner metav1.OwnerReference
}

// rehearsalJob makes the Job of a rehearsal; pure. Its pod is the running
// JobManager's, with the entry point that starts no TaskManager.
func rehearsalJob(r flink.Rehearsal, s stage) (map[string]any, error) {
	if why := unrehearsable(s); why != "" {
		return nil, flink.Errorf(flink.Refused, "rehearse a restore of "+r.Application.String(), "%s", why)
	}
	labels := map[string]any{rehearsalOf: r.Application.Name, managedByLabel: FieldManager}
	return map[string]any{
		"apiVersion": "batch/v1", "kind": "Job",
		"metadata": map[string]any{
			"name": rehearsalName(r), "namespace": r.Application.Namespace, "labels": labels,
			"annotations":     map[string]any{rehearsalAnnotation: r.ID, rehearsedSnapshot: r.Snapshot, revisionAnnotation: r.Revision.ID},
			"ownerReferences": []any{map[string]any{"apiVersion": s.owner.APIVersion, "kind": s.owner.Kind, "name": s.owner.Name, "uid": string(s.owner.UID)}},
		},
		"spec": map[string]any{
			"backoffLimit": int64(0), "activeDeadlineSeconds": int64(r.Within / time.Second), "ttlSecondsAfterFinished": int64(rehearsalLinger / time.Second),
			"template": map[string]any{"metadata": map[string]any{"labels": labels}, "spec": rehearsalPod(r, s)},
		},
	}, nil
}

// unrehearsable says what of an application's making cannot be rehearsed; empty when all can.
func unrehearsable(s stage) string {
	job, conf := mapping(s.spec, "job"), mapping(s.spec, "flinkConfiguration")
	switch {
	case text(job, "entryClass") == pythonDriver:
		return "a Python job is not rehearsed: its JobManager needs an entry of its own"
	case conf["scheduler-mode"] != nil:
		return "scheduler-mode cannot be taken out of the job's configuration, and with it Flink restores nothing before it has task slots"
	case slices.Contains([]string{"v1_13", "v1_14", "v1_15", "v1_16", "v1_17", "v1_18"}, text(s.spec, "flinkVersion")):
		return "Flink before 1.19 cannot be given a jar at the entry point that starts no TaskManager"
	case s.pod["hostNetwork"] == true || s.pod["hostPID"] == true || s.pod["hostIPC"] == true:
		return "its JobManager uses the node's network or processes, from which nothing keeps it apart"
	case mainOf(s.pod) == nil:
		return "its JobManager's pod has no container " + mainContainer
	}
	return ""
}

func mainOf(pod map[string]any) map[string]any {
	for _, c := range listOf(pod, "containers") {
		if text(c, "name") == mainContainer {
			return c
		}
	}
	return nil
}

func listOf(parent map[string]any, key string) []map[string]any {
	var all []map[string]any
	list, _ := parent[key].([]any)
	for _, item := range list {
		if m, ok := item.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}

// rehearsalPod changes the JobManager's pod in place. Sidecars are left out: they
// would report of a JobManager that does no work. Init containers stay, they may
// bring what Flink needs.
func rehearsalPod(r flink.Rehearsal, s stage) map[string]any {
	pod, main := s.pod, mainOf(s.pod)
	for _, key := range []string{"nodeName", "hostname", "subdomain", "priority", "priorityClassName", "readinessGates", "hostAliases"} {
		delete(pod, key)
	}
	pod["restartPolicy"], pod["terminationGracePeriodSeconds"] = "Never", int64(5)
	pod["automountServiceAccountToken"] = false // without high availability Flink asks nothing of Kubernetes
	for _, key := range []string{"livenessProbe", "readinessProbe", "startupProbe", "lifecycle"} {
		delete(main, key)
	}
	main["ports"] = []any{map[string]any{"name": "rest", "containerPort": int64(8081), "protocol": "TCP"}}
	main["args"] = rehearsalArgs(r, s.spec)
	mounts, _ := main["volumeMounts"].([]any)
	main["volumeMounts"] = append(mounts, map[string]any{"name": scratchVolume, "mountPath": scratchDir})
	volumes, _ := pod["volumes"].([]any)
	pod["volumes"] = append(volumes, map[string]any{"name": scratchVolume, "emptyDir": map[string]any{}})
	pod["containers"] = []any{main}
	readOnly(pod)
	return pod
}

// private are the volumes that belong to one pod or cannot be written.
var private = []string{"emptyDir", "configMap", "secret", "downwardAPI", "projected"}

// readOnly has the pod write to no volume that others have, too.
func readOnly(pod map[string]any) {
	shared := map[string]bool{}
	for _, v := range listOf(pod, "volumes") {
		shared[text(v, "name")] = !slices.ContainsFunc(private, func(kind string) bool { return v[kind] != nil })
	}
	for _, c := range append(listOf(pod, "initContainers"), listOf(pod, "containers")...) {
		for _, mount := range listOf(c, "volumeMounts") {
			if shared[text(mount, "name")] {
				mount["readOnly"] = true
			}
		}
	}
}
