package agree

import (
	"fmt"
	"slices"

	"github.com/sluice-flink/sluice/internal/flink/targettest"
)

// version is one that scenarios speak of: what it is made of where parts are
// real, and what the model has to be told of it.
type version struct {
	jar   string // below target/ of the counter example; empty: there is none
	edit  func(m manifest)
	model targettest.Behaviour
}

// manifest is the counter's application.yaml, decoded.
type manifest map[string]any

// nowhere is a bucket that does not exist.
const nowhere = "s3://there-is-no-such-bucket/agree"

const (
	v1 = "counter-v1.jar"
	v2 = "counter-v2.jar"
)

// versions by name: two good ones, and one for every way to be bad.
var versions = map[string]version{
	"v1": {jar: v1},
	"v2": {jar: v2},

	"unrestorable": {jar: "counter-v3-unrestorable.jar", model: targettest.Behaviour{FailOnRestore: true}},
	"restart-loop": {jar: "counter-v4-restart-loop.jar", model: targettest.Behaviour{RestartLoop: true}},
	"throws":       {jar: v2, edit: arguments("--rate", "0"), model: targettest.Behaviour{MainThrows: true}},
	"unmappable":   {jar: v2, edit: configured("pipeline.max-parallelism", "64"), model: targettest.Behaviour{Unmappable: true}},
	"unsavable":    {jar: v1, edit: configured("state.savepoints.dir", nowhere), model: targettest.Behaviour{Unsavable: true}},
	"bounded":      {jar: v1, edit: arguments("--numbers", "500"), model: targettest.Behaviour{Ends: true}},

	"no-jar":        {model: targettest.Behaviour{CannotStart: "CrashLoopBackOff"}},
	"no-image":      {jar: v2, edit: func(m manifest) { m.spec()["image"] = "registry.invalid/none:1" }, model: targettest.Behaviour{CannotStart: "ErrImagePull"}},
	"unknown-field": {jar: v2, edit: func(m manifest) { m.spec()["nonsense"] = int64(1) }, model: targettest.Behaviour{Refused: true}},
	"wrong-type":    {jar: v2, edit: func(m manifest) { m.below("spec", "job")["parallelism"] = "many" }, model: targettest.Behaviour{Refused: true}},
}

func versionOf(name string) (version, error) {
	v, ok := versions[name]
	if !ok {
		return v, fmt.Errorf("there is no version %q: see versions.go", name)
	}
	return v, nil
}

func (m manifest) below(keys ...string) map[string]any {
	at := map[string]any(m)
	for _, k := range keys {
		at, _ = at[k].(map[string]any)
	}
	return at
}

func (m manifest) spec() map[string]any { return m.below("spec") }

func configured(key, value string) func(manifest) {
	return func(m manifest) { m.below("spec", "flinkConfiguration")[key] = value }
}

// arguments of the job, in place of those of the same name.
func arguments(name, value string) func(manifest) {
	return func(m manifest) {
		job := m.below("spec", "job")
		args, _ := job["args"].([]any)
		if i := slices.Index(args, any(name)); i >= 0 {
			args = slices.Delete(slices.Clone(args), i, i+2)
		}
		job["args"] = append(args, name, value)
	}
}
