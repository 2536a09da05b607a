package eks

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

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

func TestWhatCannotBeScaledInPlaceSaysWhy(t *testing.T) {
	for says, spec := range map[string]map[string]any{
		"":                      scalable(),
		"not adaptive":          scalable(schedulerKey, "default"),
		"older than v1_18":      scalable("flinkVersion", "v1_17"),
		"native mode alone":     scalable("mode", "standalone"),
		inPlaceKey:              scalable(inPlaceKey, "false"),
		"the operator's autosc": scalable("job.autoscaler.enabled", "true"),
	} {
		if got := cannotScale(spec); !strings.Contains(got, says) || (says == "") != (got == "") {
			t.Errorf("%q, want %q", got, says)
		}
	}
	if got := cannotScale(scalable("flinkVersion", "v2_0", "mode", "native")); got != "" {
		t.Errorf("Flink 2.0: %q", got)
	}
}

func TestAScalingIsDecidedByWhatRuns(t *testing.T) {
	seen := ours(nil)
	seen.Object["spec"] = scalable()
	d := wanted(flink.Running, flink.RestoreLatest)
	d.InPlace = true
	if got, err := decide("scale", seen, d, false); got != rescale || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	seen.Object["spec"] = scalable(schedulerKey, "default")
	if _, err := decide("scale", seen, d, false); flink.CodeOf(err) != flink.Refused || !strings.Contains(err.Error(), "NotSupported") {
		t.Errorf("without the adaptive scheduler: %v", err)
	}
	stopped := scalable()
	stopped["job"].(map[string]any)["state"] = "suspended"
	seen.Object["spec"] = stopped
	if _, err := decide("scale", seen, d, false); flink.CodeOf(err) != flink.Refused {
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
