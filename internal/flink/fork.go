package flink

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// ownIdentity are settings by which one cluster is told from another: left out,
// the operator gives a new application its own.
var ownIdentity = []string{"kubernetes.cluster-id", "high-availability.cluster-id"}

// ownDirectories are settings of places that two applications must not share.
var ownDirectories = append([]string{"high-availability.storageDir"}, stateKeys...)

// Forked makes another application of a revision: the same jar, under another
// name. In every URI of the manifest, a part of the path that is the old name
// becomes the new one; each such change is told in a sentence. It is Invalid
// when the two would keep their states in one place.
func Forked(r Revision, from, to Application) (Revision, []string, error) {
	f := forking{from: from.Name, to: to.Name}
	manifest, err := copied(r.Manifest)
	if err != nil {
		return Revision{}, nil, err
	}
	f.rename(manifest)
	changed, _ := f.walk("", manifest).(map[string]any)
	next, err := NewRevision(changed, r.Jar)
	if err != nil {
		return Revision{}, nil, err
	}
	return next, f.notes, Apart(r, next)
}

// Apart is Invalid when two applications would keep their states in one place.
func Apart(a, b Revision) error {
	for _, key := range ownDirectories {
		one, _ := a.configuration()[key].(string)
		other, _ := b.configuration()[key].(string)
		if one != "" && SamePath(one, other) {
			return Errorf(Invalid, "fork", "both applications would use %s: %s. Upload an application.yaml below the new application's prefix that names a place of its own, then fork again", key, one)
		}
	}
	return nil
}

func copied(manifest map[string]any) (map[string]any, error) {
	text, err := json.Marshal(manifest)
	if err != nil {
		return nil, Errorf(Internal, "copy the manifest", "%w", err)
	}
	var c map[string]any
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, Errorf(Internal, "copy the manifest", "%w", err)
	}
	return c, nil
}

// forking is one manifest on its way to another name.
type forking struct {
	from, to string
	notes    []string
}

func (f *forking) rename(manifest map[string]any) {
	if metadata, ok := manifest["metadata"].(map[string]any); ok {
		metadata["name"] = f.to
	}
	spec, _ := manifest["spec"].(map[string]any)
	conf, _ := spec["flinkConfiguration"].(map[string]any)
	for _, key := range ownIdentity {
		if conf[key] != nil {
			delete(conf, key)
			f.notes = append(f.notes, fmt.Sprintf("spec.flinkConfiguration.%s is left out: it names the cluster of %s", key, f.from))
		}
	}
}

// walk renames in every URI below a value, in a fixed order.
func (f *forking) walk(at string, value any) any {
	switch v := value.(type) {
	case string:
		return f.moved(at, v)
	case []any:
		for i := range v {
			v[i] = f.walk(fmt.Sprintf("%s[%d]", at, i), v[i])
		}
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			v[k] = f.walk(strings.TrimPrefix(at+"."+k, "."), v[k])
		}
	}
	return value
}

// moved changes the parts of a URI's path; its host, a bucket say, stays.
func (f *forking) moved(at, text string) string {
	scheme, rest, isURI := strings.Cut(text, "://")
	if !isURI || strings.ContainsAny(scheme, " \t\n") {
		return text
	}
	parts := strings.Split(rest, "/")
	if !slices.Contains(parts[1:], f.from) {
		return text
	}
	for i := 1; i < len(parts); i++ {
		if parts[i] == f.from {
			parts[i] = f.to
		}
	}
	moved := scheme + "://" + strings.Join(parts, "/")
	f.notes = append(f.notes, fmt.Sprintf("%s became %s", at, moved))
	return moved
}

// SharedSinks warns of what a fork takes along that no manifest shows; empty
// where state may be left behind. Flink's FileSink keeps its directory in its
// state: FileWriterBucket restores it from FileWriterBucketState (seen with 1.20).
func SharedSinks(fork Revision, of Application) string {
	spec, _ := fork.Manifest["spec"].(map[string]any)
	job, _ := spec["job"].(map[string]any)
	if job["allowNonRestoredState"] == true {
		return ""
	}
	return fmt.Sprintf("a sink finds in the state where it wrote: a FileSink writes on into the directory of %s, whatever the manifest says. Give such a sink another uid here, and set spec.job.allowNonRestoredState: true", of)
}

// planFork: a new application from another's state. Nothing of that name may be
// there: what a fork that failed leaves is removed.
func (s Situation) planFork() Plan {
	switch o := s.Observation; {
	case o.Exists:
		return refuse(RequestInvalid, "a FlinkDeployment of this name is there already: choose another name for the fork")
	case s.Deleted != "":
		return refuse(RequestInvalid, "%s: choose another name for the fork, or run sluice forget first", s.Deleted)
	case s.Current != "" || s.Applied != "":
		return refuse(RequestInvalid, "an application of this name was deployed before (revision %s): choose another name for the fork, or run sluice forget first", s.Current+s.Applied)
	}
	return s.plan(StepApply, s.chosen(), "a new application starts from the chosen state of "+s.Change.Source+", which is not touched", "remove the new application")
}
