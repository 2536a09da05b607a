package examples

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/internal/flink"
)

const root = "../.."

var read = sync.OnceValues(func() ([]Example, error) { return Read(root) })

func all(t *testing.T) []Example {
	t.Helper()
	found, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// wanted is what a reader of the blueprint looks for. An example that is missing
// here, or in the folder, or in its README, is a fault.
var wanted = []string{"autoscaler", "autoscaler-apache", "basic", "cluster-autoscaler", "faster-restart", "graviton", "karpenter", "monitoring", "pyflink", "session", "standalone", "web-page-apache"}

func TestThereIsAnExampleOfEverythingAndTheListSaysSo(t *testing.T) {
	list, err := os.ReadFile(filepath.Join(root, "examples", "eks", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range all(t) {
		names = append(names, e.Name)
		if !strings.Contains(string(list), "| ["+e.Name+"]("+e.Name+") |") {
			t.Errorf("examples/eks/README.md has no row that begins with [%s](%s)", e.Name, e.Name)
		}
		own, err := os.ReadFile(filepath.Join(root, "examples", "eks", e.Name, "README.md"))
		if err != nil {
			t.Error(err)
		}
		command := "sluice validate"
		if !e.Released() {
			command = "sluice render"
		}
		if !strings.Contains(string(own), command) {
			t.Errorf("the README of %s does not say %s", e.Name, command)
		}
	}
	if !slices.Equal(names, wanted) {
		t.Errorf("there are %v, want %v", names, wanted)
	}
}

// Read has filled in and read all; here is what would stay unseen.
func TestNothingIsLeftToBeEdited(t *testing.T) {
	left := regexp.MustCompile(`\$\{|<[A-Z_]+>|ENTER_|CHANGE_?ME|TODO`)
	for _, e := range all(t) {
		text, err := json.Marshal(e.Resources)
		if err != nil {
			t.Fatal(err)
		}
		if found := left.FindString(string(text)); found != "" {
			t.Errorf("%s: %s stays", e.Name, found)
		}
		if e.Application.Name != at(e.Deployment(), "metadata", "name") {
			t.Errorf("%s is in the folder %s", at(e.Deployment(), "metadata", "name"), e.Name)
		}
	}
}

func TestWhatIsForKubectlIsWhatNoReleaseTakes(t *testing.T) {
	for _, e := range all(t) {
		if _, err := e.parse(); (err == nil) != e.Released() {
			t.Errorf("%s: %v", e.Name, err)
		}
	}
}

// The next team releases the same file.
func TestAnExampleIsForEveryTeam(t *testing.T) {
	for _, e := range all(t) {
		e.Application = flink.Application{Namespace: "search-jobs", Name: e.Name}
		resources, err := e.fill()
		if err != nil {
			t.Errorf("%s: %v", e.Name, err)
			continue
		}
		if text, _ := json.Marshal(resources); strings.Contains(string(text), Team().Namespace) {
			t.Errorf("%s names %s, also when it is another's", e.Name, Team().Namespace)
		}
	}
}

func TestTheExamplesRunWhatThePlatformsOperatorIsFor(t *testing.T) {
	release, _, _ := strings.Cut(charts.EMRFlink, "-flink-")
	if release != "emr-"+charts.EMROperator.Version {
		t.Errorf("jobs run %s, and the operator is of %s", charts.EMRFlink, charts.EMROperator.Version)
	}
	version := "v" + strings.ReplaceAll(charts.FlinkMinor, ".", "_")
	for _, e := range all(t) {
		spec := at(e.Deployment(), "spec")
		label, image := at(spec, "emrReleaseLabel"), at(spec, "image")
		switch {
		case label == nil && image != charts.Flink.From(), label != nil && (label != charts.EMRFlink || image != nil):
			t.Errorf("%s runs %v, %v: want %s, or the image %s", e.Name, label, image, charts.EMRFlink, charts.Flink.From())
		case (label == nil) != strings.HasSuffix(e.Name, "-apache"):
			t.Errorf("%s is for another operator than its name says", e.Name)
		case at(spec, "flinkVersion") != version:
			t.Errorf("%s says %v, want %s", e.Name, at(spec, "flinkVersion"), version)
		}
	}
	patch, _, _ := strings.Cut(charts.Flink.Tag, "-")
	for _, e := range all(t) {
		for _, plugin := range regexp.MustCompile(`flink-s3-fs-hadoop-[0-9.]+\.jar`).FindAllString(string(e.Text), -1) {
			if !strings.HasPrefix(patch, charts.FlinkMinor+".") || plugin != "flink-s3-fs-hadoop-"+patch+".jar" {
				t.Errorf("%s loads %s, and its image has %s", e.Name, plugin, patch)
			}
		}
	}
}

func TestWhatIsWrittenLiesWhereTheTeamsJobsMayWrite(t *testing.T) {
	address := regexp.MustCompile(`s3://[^"]*`)
	own := Team().Namespace
	logs, err := readTemplate(root, "sluice-team-"+Team().Name)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all(t) {
		text, err := json.Marshal(e.Resources)
		if err != nil {
			t.Fatal(err)
		}
		places := address.FindAllString(string(text), -1)
		if len(places) == 0 {
			t.Errorf("%s keeps no state", e.Name)
		}
		for _, place := range places {
			if !strings.HasPrefix(place, "s3://acme-state/"+own+"/"+e.Name+"/") && place != "s3://acme-logs/"+own+"/"+e.Name {
				t.Errorf("%s writes to %s", e.Name, place)
			}
		}
		if group := at(e.Deployment(), "spec", "monitoringConfiguration", "cloudWatchMonitoringConfiguration", "logGroupName"); group != nil {
			made := logs.ofType("AWS::Logs::LogGroup")
			if !slices.ContainsFunc(made, func(g map[string]any) bool { return g["LogGroupName"] == group }) {
				t.Errorf("%s logs to %v, and the team has %v", e.Name, group, made)
			}
		}
	}
}

func TestVolumesAreOfAStorageClassThatThePlatformMakes(t *testing.T) {
	addOns, err := readTemplate(root, "sluice-addons")
	if err != nil {
		t.Fatal(err)
	}
	classes, err := addOns.objects("StorageClass")
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, e := range all(t) {
		if e.setting("task.local-recovery.ebs.enable") != "true" {
			continue
		}
		asked++
		// EMR's operator takes the class of this name and no other
		// (https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/jobruns-flink-restart.html).
		if !slices.ContainsFunc(classes, func(c map[string]any) bool {
			return at(c, "metadata", "name") == "ebs-sc" && c["provisioner"] == "ebs.csi.aws.com"
		}) {
			t.Errorf("%s wants ebs-sc, and there are %v", e.Name, classes)
		}
	}
	if asked == 0 {
		t.Error("no example keeps its state on a volume")
	}
}

// A line that is sent twice is paid for twice.
func TestLogsAreSentOnce(t *testing.T) {
	byPlatform := platform.New().Observability.PodLogs
	for _, e := range all(t) {
		byEMR := at(e.Deployment(), "spec", "monitoringConfiguration", "cloudWatchMonitoringConfiguration") != nil
		for _, kind := range kinds {
			// https://docs.fluentbit.io/manual/data-pipeline/filters/kubernetes
			excluded := at(e.Pod(kind), "metadata", "annotations", "fluentbit.io/exclude") == "true"
			if excluded != (byEMR && byPlatform) {
				t.Errorf("the %s of %s: EMR sends its logs: %t, Fluent Bit leaves it out: %t", kind, e.Name, byEMR, excluded)
			}
		}
	}
}

func TestPodsNameTheSchedulerThatThePlatformHas(t *testing.T) {
	addOns, err := readTemplate(root, "sluice-addons")
	if err != nil {
		t.Fatal(err)
	}
	installed := slices.ContainsFunc(addOns.ofType("Custom::AWSCDK-EKS-HelmChart"), func(c map[string]any) bool { return c["Release"] == charts.YuniKorn.Release })
	want := platform.AddOns{YuniKorn: installed}.Scheduler()
	if !installed || want == platform.UsualScheduler || (platform.AddOns{}).Scheduler() != platform.UsualScheduler {
		t.Errorf("with YuniKorn (%t) pods name %s, without %s", installed, want, platform.AddOns{}.Scheduler())
	}
	for _, e := range all(t) {
		for _, kind := range kinds {
			pod := e.Pod(kind)
			if got := at(pod, "spec", "schedulerName"); got != want {
				t.Errorf("the %s of %s goes to %v, want %s", kind, e.Name, got, want)
			}
			// Ids are the scheduler's, for all namespaces: https://yunikorn.apache.org/docs/user_guide/labels_and_annotations_in_yunikorn/
			if got := at(pod, "metadata", "labels", "yunikorn.apache.org/app-id"); got != e.Namespace+"-"+e.Name {
				t.Errorf("the %s of %s is of the application %v", kind, e.Name, got)
			}
		}
	}
}
