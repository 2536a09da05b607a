package eks

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/rest"
)

// scalable is a spec whose job can be scaled in place.
func scalable(pairs ...string) map[string]any {
	conf := map[string]any{schedulerKey: "adaptive"}
	spec := map[string]any{"flinkVersion": "v1_19", "job": map[string]any{"parallelism": int64(2), "state": "running"}, "flinkConfiguration": conf}
	for i := 0; i < len(pairs); i += 2 {
		if _, top := map[string]bool{"mode": true, "flinkVersion": true}[pairs[i]]; top {
			spec[pairs[i]] = pairs[i+1]
		} else {
			conf[pairs[i]] = pairs[i+1]
		}
	}
	return spec
}

// runs gives a spec the status of a job that runs, on the Flink that the
// operator found (empty: it has not looked yet).
func runs(spec map[string]any, flinkVersion string) resource {
	return resource{&unstructured.Unstructured{Object: map[string]any{"spec": spec, "status": map[string]any{"clusterInfo": map[string]any{"flink-version": flinkVersion}}}}}
}

func TestWhatCannotBeScaledInPlaceSaysWhy(t *testing.T) {
	for sentence, c := range map[string]struct {
		seen resource
		has  capabilities
		says string // empty: it can
	}{
		"the adaptive scheduler":               {runs(scalable(), "1.19.3"), capabilities{}, ""},
		"another scheduler":                    {runs(scalable(schedulerKey, "default"), "1.19.3"), capabilities{}, "not adaptive"},
		"too old a Flink":                      {runs(scalable("flinkVersion", "v1_17"), ""), capabilities{}, "Flink v1_17 cannot"},
		"a Flink that the label does not tell": {runs(scalable("flinkVersion", "v1_19"), "1.20.5"), capabilities{nonce: true}, "operators before 1.10"},
		"a newer Flink on a newer operator":    {runs(scalable(), "1.20.5"), capabilities{nonce: true, snapshots: true}, ""},
		"Flink 2 on a newer operator":          {runs(scalable("flinkVersion", "v2_0", "mode", "native"), ""), capabilities{nonce: true, snapshots: true}, ""},
		"standalone mode":                      {runs(scalable("mode", "standalone"), "1.19.3"), capabilities{}, "native mode alone"},
		"switched off":                         {runs(scalable(inPlaceKey, "false"), "1.19.3"), capabilities{}, inPlaceKey},
		"an autoscaler that sets it by itself": {runs(scalable("job.autoscaler.enabled", "true"), "1.19.3"), capabilities{}, "the operator's autoscaler"},
	} {
		if got := c.seen.cannotScale(c.has); !strings.Contains(got, c.says) || (c.says == "") != (got == "") {
			t.Errorf("%s: %q, want %q", sentence, got, c.says)
		}
	}
}

func TestAScalingIsDecidedByWhatRuns(t *testing.T) {
	seen := ours(nil)
	seen.Object["spec"] = scalable()
	d := wanted(flink.Running, flink.RestoreLatest)
	d.InPlace = true
	if got, err := decide("scale", seen, d, capabilities{}); got != rescale || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	seen.Object["spec"] = scalable(schedulerKey, "default")
	if _, err := decide("scale", seen, d, capabilities{}); flink.CodeOf(err) != flink.Refused || !strings.Contains(err.Error(), "NotSupported") {
		t.Errorf("without the adaptive scheduler: %v", err)
	}
	stopped := scalable()
	stopped["job"].(map[string]any)["state"] = "suspended"
	seen.Object["spec"] = stopped
	if _, err := decide("scale", seen, d, capabilities{}); flink.CodeOf(err) != flink.Refused {
		t.Errorf("of a suspended job: %v", err)
	}
}

func TestVerticesThatFollowTheJobsParallelismAreScaled(t *testing.T) {
	a, b, sink := rest.Vertex{ID: "a", Name: "source", Parallelism: 2, MaxParallelism: 128}, rest.Vertex{ID: "b", Parallelism: 2, MaxParallelism: 128}, rest.Vertex{ID: "c", Parallelism: 1, MaxParallelism: 128}
	single := rest.Vertex{ID: "d", Parallelism: 2, MaxParallelism: 1}
	for sentence, c := range map[string]struct {
		spec     map[string]any
		vertices []rest.Vertex
		wanted   int64
		want     string
		why      string
	}{
		"those at the job's own":               {scalable(), []rest.Vertex{b, a, sink}, 4, "a:4,b:4", ""},
		"one that cannot be parallel is left":  {scalable(), []rest.Vertex{a, single}, 4, "a:4", ""},
		"a second time: those overridden then": {scalable(overridesKey, "a:1"), []rest.Vertex{{ID: "a", Parallelism: 1, MaxParallelism: 128}, b, sink}, 3, "a:3", ""},
		"more than the state can be spread":    {scalable(), []rest.Vertex{a}, 200, "", `"source" can be spread over 128`},
		"none follows":                         {scalable(), []rest.Vertex{sink}, 4, "", "parallelism of its own"},
		"Flink names none":                     {scalable(), nil, 4, "", "no vertices"},
		"no parallelism is wanted":             {scalable(), []rest.Vertex{a}, 0, "", "no spec.job.parallelism"},
	} {
		if got, why := overridesFor(c.spec, c.vertices, c.wanted); got != c.want || !strings.Contains(why, c.why) || (c.why == "") != (why == "") {
			t.Errorf("%s: %q, %q; want %q, %q", sentence, got, why, c.want, c.why)
		}
	}
}

// The operator's autoscaler keeps its overrides in a ConfigMap and puts them into
// the spec it works with, so that they show in status.lastReconciledSpec; the
// spec of the resource stays as it was written (KubernetesScalingRealizer, which
// changes the operator's own copy). The recorded resource is given what that makes.
func TestTheAutoscalersOverridesAreNoForeignChange(t *testing.T) {
	before, scaled := recorded(t, "1-stable"), recorded(t, "1-stable")
	reconciliation := mapping(mapping(scaled.Object, "status"), "reconciliationStatus")
	var last map[string]any
	if err := json.Unmarshal([]byte(text(reconciliation, "lastReconciledSpec")), &last); err != nil {
		t.Fatal(err)
	}
	child(child(last, "spec"), "flinkConfiguration")[overridesKey] = "cbc357ccb763df2852fee8c4fc7d55f2:4"
	rewritten, err := json.Marshal(last)
	if err != nil {
		t.Fatal(err)
	}
	reconciliation["lastReconciledSpec"] = string(rewritten)
	if !reflect.DeepEqual(before.specFacts(), scaled.specFacts()) || !reflect.DeepEqual(before.statusFacts(), scaled.statusFacts()) {
		t.Errorf("%+v %+v\nbefore %+v %+v", scaled.specFacts(), scaled.statusFacts(), before.specFacts(), before.statusFacts())
	}
	if !sameDemand(&before, &scaled) {
		t.Error("a write of the autoscaler would be taken for somebody else's demand")
	}
}
