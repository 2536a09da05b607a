package examples

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shown is what each example is there for, by the path in its spec: without it a
// reader would look at a job like every other.
var shown = map[string]map[string]string{
	"basic":      {"mode": "", "job.upgradeMode": "savepoint"},
	"session":    {"mode": "", "job": ""},
	"standalone": {"mode": "standalone", "job.entryClass": "org.apache.flink.streaming.examples.statemachine.StateMachineExample"},
	// https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/jobruns-flink-autoscaler-parameter-autotuning.html
	"autoscaler": {
		"flinkConfiguration/job.autoscaler.enabled": "true", "flinkConfiguration/job.autoscaler.restart.time-tracking.enabled": "true",
		"flinkConfiguration/job.autoscaler.target.utilization": "0.6", "flinkConfiguration/jobmanager.scheduler": "adaptive",
	},
	"autoscaler-apache": {
		"flinkConfiguration/job.autoscaler.enabled": "true", "flinkConfiguration/job.autoscaler.utilization.target": "0.6",
		"flinkConfiguration/job.autoscaler.restart.time-tracking.enabled": "true", "serviceAccount": "flink", "executionRoleArn": "",
	},
	// https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/jobruns-flink-monitoring-configuration.html
	"monitoring": {
		"monitoringConfiguration.s3MonitoringConfiguration.logUri":                 "s3://acme-logs/flink-team-a-ns/monitoring",
		"monitoringConfiguration.cloudWatchMonitoringConfiguration.logGroupName":   "/sluice/flink/flink-team-a-ns",
		"monitoringConfiguration.containerLogRotationConfiguration.rotationSize":   "100MB",
		"monitoringConfiguration.containerLogRotationConfiguration.maxFilesToKeep": "10",
	},
	// https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/jobruns-flink-restart.html
	"faster-restart": {
		"flinkConfiguration/state.backend.local-recovery": "true", "flinkConfiguration/task.local-recovery.ebs.enable": "true",
		"flinkConfiguration/cluster.taskmanager.graceful-decommission.enabled":      "true",
		"flinkConfiguration/jobmanager.adaptive-scheduler.combined-restart.enabled": "true",
	},
	"graviton":           {"podTemplate.spec.nodeSelector/kubernetes.io/arch": "arm64"},
	"karpenter":          {"jobManager.podTemplate.spec.nodeSelector/karpenter.sh/capacity-type": "on-demand", "taskManager.podTemplate.spec.nodeSelector/karpenter.sh/capacity-type": "spot"},
	"cluster-autoscaler": {"jobManager.podTemplate.spec.nodeSelector/sluice.dev/node-group": "on-demand", "taskManager.podTemplate.spec.nodeSelector/sluice.dev/node-group": "spot"},
	"web-page-apache":    {"ingress.className": "sluice", "ingress.template": "{{name}}.{{namespace}}.flink.example.com"},
	"pyflink":            {"job.jarURI": "local:///opt/flink/opt/flink-python.jar", "job.entryClass": "org.apache.flink.client.python.PythonDriver", "job.args": "[-py /opt/flink/script/job.py]"},
}

func TestEachExampleShowsWhatItIsFor(t *testing.T) {
	if diff := cmp.Diff(wanted, slices.Sorted(maps.Keys(shown))); diff != "" {
		t.Fatalf("(-examples +shown):\n%s", diff)
	}
	for _, e := range all(t) {
		for path, want := range shown[e.Name] {
			// The names of settings and labels have dots of their own: they stand behind the slash.
			parent, key, named := strings.Cut(path, "/")
			names := strings.Split(parent, ".")
			if named {
				names = append(names, key)
			}
			got := ""
			if v := at(e.Deployment(), append([]string{"spec"}, names...)...); v != nil {
				got = fmt.Sprint(v)
			}
			if got != want {
				t.Errorf("%s: %s is %q, want %q", e.Name, path, got, want)
			}
		}
	}
}

func TestTheSessionJobIsOfTheSessionCluster(t *testing.T) {
	for _, e := range all(t) {
		if e.Name != "session" {
			if len(e.Resources) != 1 {
				t.Errorf("%s is %d objects, and a release takes one", e.Name, len(e.Resources))
			}
			continue
		}
		if len(e.Resources) != 2 || e.Resources[1]["kind"] != "FlinkSessionJob" || at(e.Resources[1], "spec", "deploymentName") != at(e.Deployment(), "metadata", "name") {
			t.Errorf("the session's job is %v", e.Resources)
		}
	}
}

// The script that the driver is told of is where the pods have it.
func TestTheScriptOfThePythonExampleStandsInItsFile(t *testing.T) {
	for _, e := range all(t) {
		if e.Name != "pyflink" {
			continue
		}
		for _, kind := range kinds {
			pod := e.Pod(kind)
			script, _ := at(pod, "metadata", "annotations", "example/job.py").(string)
			volume := fmt.Sprint(at(pod, "spec", "volumes"))
			mounts := fmt.Sprint(at(pod, "spec", "containers"))
			if !strings.Contains(script, "execute_sql") || !strings.Contains(volume, "metadata.annotations['example/job.py']") || !strings.Contains(volume, "path:job.py") || !strings.Contains(mounts, "mountPath:/opt/flink/script") {
				t.Errorf("the %s has the script %q by %s at %s", kind, script, volume, mounts)
			}
		}
	}
}
