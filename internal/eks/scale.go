package eks

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/rest"
)

// A running job gets another parallelism without a restart where Flink has the
// adaptive scheduler and the operator asks it by REST instead of redeploying:
// from Flink 1.18, in native mode, when nothing of the spec changes but the
// vertices' overrides (NativeFlinkService.scale and the SpecDiff annotations of
// AbstractFlinkSpec; operator 1.7 and later).
//
// Afterwards the operator asks Flink whether it is done. Its client refuses an
// answer with fields it does not know, which Flink 1.20 gives (slotSharingGroupId,
// job-type), until that of Flink 1.19 (FLINK-33268), which came with operator
// 1.10. Seen with 1.7.0: the job has its new parallelism within half a minute, and
// the operator stays UPGRADING with an error for ever.
const (
	overridesKey  = "pipeline.jobvertex-parallelism-overrides"
	schedulerKey  = "jobmanager.scheduler"
	inPlaceKey    = "kubernetes.operator.job.upgrade.inplace-scaling.enabled"
	defaultDegree = "parallelism.default"
)

var autoscalerKeys = []string{"job.autoscaler.enabled", "kubernetes.operator.job.autoscaler.enabled"}

// versionWord reads spec.flinkVersion, v1_20, and status.clusterInfo, 1.20.5.
var versionWord = regexp.MustCompile(`^v?(\d+)[_.](\d+)`)

// cannotScale says why what runs cannot be scaled in place; empty when it can.
func (r resource) cannotScale(has capabilities) string {
	spec, version := mapping(r.Object, "spec"), r.flinkVersion()
	conf := mapping(spec, "flinkConfiguration")
	switch {
	case !strings.EqualFold(text(conf, schedulerKey), "adaptive"):
		return "flinkConfiguration." + schedulerKey + " is not adaptive"
	case !atLeast(version, 1, 18):
		return "Flink " + version + " cannot, it takes 1.18"
	case atLeast(version, 1, 20) && !has.snapshots:
		return "operators before 1.10 scale Flink " + version + " and never see that it is done"
	case text(spec, "mode") == standaloneMode:
		return "spec.mode is standalone, and the operator scales in place in native mode alone"
	case text(conf, inPlaceKey) == "false":
		return "flinkConfiguration." + inPlaceKey + " is false"
	}
	for _, key := range autoscalerKeys {
		if text(conf, key) == "true" {
			return "the operator's autoscaler is on (" + key + ") and sets the parallelism itself"
		}
	}
	return ""
}

// flinkVersion is what runs, as the operator found it; before that what the spec
// says, which may be the nearest label that the operator takes.
func (r resource) flinkVersion() string {
	if v := text(mapping(mapping(r.Object, "status"), "clusterInfo"), "flink-version"); v != "" {
		return v
	}
	return text(mapping(r.Object, "spec"), "flinkVersion")
}

func atLeast(version string, major, minor int) bool {
	m := versionWord.FindStringSubmatch(version)
	if m == nil {
		return false
	}
	x, _ := strconv.Atoi(m[1])
	y, _ := strconv.Atoi(m[2])
	return x > major || x == major && y >= minor
}

func notInPlace(op, why string) error {
	return flink.Errorf(flink.Refused, op, "NotSupported: the parallelism cannot be changed without a restart: %s; scale with a savepoint instead", why)
}

// decideScaling is pure.
func decideScaling(op string, seen *resource, d flink.Desired, has capabilities) (action, error) {
	switch why := seen.cannotScale(has); {
	case d.Run != flink.Running || seen.specFacts().Run != flink.Running:
		return "", notInPlace(op, "the job is not meant to run")
	case why != "":
		return "", notInPlace(op, why)
	}
	return rescale, nil
}

func (t *Target) dryScaling(ctx context.Context, op string, seen *resource, d flink.Desired) error {
	if _, err := decideScaling(op, seen, d, t.capabilities(ctx)); err != nil {
		return err
	}
	return t.scale(ctx, op, seen, d)
}

// scale writes the running spec as it is, with other overrides and nothing else:
// any other difference would have the operator redeploy the job.
func (t *Target) scale(ctx context.Context, op string, seen *resource, d flink.Desired) error {
	vertices, err := t.vertices(ctx, d.Application)
	if err != nil {
		return flinkError(op, err)
	}
	wanted := number(mapping(mapping(d.Revision.Manifest, "spec"), "job")["parallelism"])
	overrides, why := overridesFor(mapping(seen.Object, "spec"), vertices, wanted)
	if why != "" {
		return notInPlace(op, why)
	}
	rendered, err := Render(d, t.situation(seen, 0))
	if err != nil {
		return err
	}
	spec := mapping(seen.DeepCopy().Object, "spec")
	child(spec, "flinkConfiguration")[overridesKey] = overrides
	rendered.Object["spec"] = spec
	return t.send(ctx, op, seen, d, rendered.Object)
}

// vertices asks Flink for those of the job that runs.
func (t *Target) vertices(ctx context.Context, app flink.Application) ([]rest.Vertex, error) {
	c := t.flink(app)
	jobs, err := c.Overview(ctx)
	if err != nil || len(jobs) == 0 {
		return nil, err
	}
	job, err := c.Job(ctx, newest(jobs).ID)
	return job.Vertices, err
}

// overridesFor gives the wanted parallelism to the vertices that follow the
// job's; one with a parallelism of its own keeps it. They are told apart by what
// they run at: Flink does not say which was set in the program. After a first
// scaling they are those that were overridden then.
func overridesFor(spec map[string]any, vertices []rest.Vertex, wanted int64) (overrides, why string) {
	before := overridesIn(spec)
	follows := func(v rest.Vertex) bool {
		if len(before) > 0 {
			return before[v.ID]
		}
		return int64(v.Parallelism) == degreeOf(spec)
	}
	var pairs []string
	for _, v := range vertices {
		switch {
		case !follows(v) || v.MaxParallelism == 1:
			continue
		case wanted > int64(v.MaxParallelism):
			return "", fmt.Sprintf("the state of %q can be spread over %d subtasks at most", v.Name, v.MaxParallelism)
		}
		pairs = append(pairs, fmt.Sprintf("%s:%d", v.ID, wanted))
	}
	switch {
	case wanted < 1:
		return "", "the revision has no spec.job.parallelism"
	case len(vertices) == 0:
		return "", "Flink names no vertices of a running job"
	case len(pairs) == 0:
		return "", fmt.Sprintf("every vertex has a parallelism of its own, none runs at the job's %d", degreeOf(spec))
	}
	slices.Sort(pairs)
	return strings.Join(pairs, ","), ""
}

// overridesIn are the vertices that the spec overrides already; Flink writes a
// map as key:value pairs with commas between them.
func overridesIn(spec map[string]any) map[string]bool {
	ids := map[string]bool{}
	for pair := range strings.SplitSeq(text(mapping(spec, "flinkConfiguration"), overridesKey), ",") {
		if id, _, ok := strings.Cut(strings.TrimSpace(pair), ":"); ok {
			ids[id] = true
		}
	}
	return ids
}

// degreeOf is the parallelism that vertices have which say nothing themselves.
func degreeOf(spec map[string]any) int64 {
	if n := number(mapping(spec, "job")["parallelism"]); n > 0 {
		return n
	}
	if n, err := strconv.ParseInt(text(mapping(spec, "flinkConfiguration"), defaultDegree), 10, 64); err == nil && n > 0 {
		return n
	}
	return 1 // Flink's own default
}
