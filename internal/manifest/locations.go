package manifest

import (
	"net/url"
	"slices"
	"strings"
)

// stateKeys are the settings that say where a job keeps state that outlives it.
var stateKeys = []string{
	"execution.checkpointing.dir", "execution.checkpointing.savepoint-dir",
	"high-availability.storageDir", "high-availability.jobmanager.storageDir",
	"state.checkpoints.dir", "state.savepoints.dir",
	"state.changelog.dstl.dfs.base-path", "state.backend.changelog.storage.filesystem.base-path",
	"jobmanager.archive.fs.dir",
	"savepoints.state.backend.fs.dir", "state.backend.fs.checkpointdir", // old names that Flink still reads
}

// s3Schemes are Flink's names for S3: whichever plugin has it, and each by name.
var s3Schemes = []string{"s3", "s3a", "s3p"}

// locations holds every place of state against those that the team may write to.
func (v reach) locations() {
	any := false
	conf := v.resource.get("spec", "flinkConfiguration")
	for _, key := range stateKeys {
		if n := conf.get(key); n != nil && n.kind == scalar && n.value != nil {
			any = true
			v.location(n, "spec.flinkConfiguration."+key)
		}
	}
	if n := v.resource.get("spec", "jobManager", "storageDir"); n != nil {
		any = true
		v.location(n, "spec.jobManager.storageDir")
	}
	if any && len(v.allow.StateLocations) == 0 {
		v.note("where state may be kept is held against S3 alone: no allow.stateLocations is set in %s or %s, so nothing but the job's role keeps it out of another team's", PlatformKey(), NamespaceKey(v.app.Namespace))
	}
}

func (v reach) location(n *node, path string) {
	if !place.MatchString(n.literal) {
		return // told by the checks of the key, or by Flink
	}
	u, err := url.Parse(n.literal)
	if err != nil || slices.Contains(strings.Split(u.Path, "/"), "..") {
		v.fault(n, path, "%s is no plain place: it has a .. or what no URI has; write s3://<bucket>/<path>", brief(n.literal))
		return
	}
	for _, allowed := range v.allow.StateLocations {
		if below(allowed, n.literal) {
			return
		}
	}
	switch {
	case len(v.allow.StateLocations) > 0:
		v.fault(n, path, "%s is not below what the namespace may keep state in (%s); write a place there, or %s", brief(n.literal), strings.Join(v.allow.StateLocations, ", "), v.ask("stateLocations"))
	case !slices.Contains(s3Schemes, u.Scheme):
		v.fault(n, path, "%s is not on S3, and state that is not outlives no node; write s3://<bucket>/<path>, or %s", brief(n.literal), v.ask("stateLocations"))
	}
}

// below tells whether a place is what is allowed or lies below it. A * in what
// is allowed stands for anything but a slash, so that it ends with its segment.
func below(allowed, place string) bool {
	want, got := segments(allowed), segments(place)
	if len(got) < len(want) {
		return false
	}
	for i, w := range want {
		if !matches(w, got[i]) {
			return false
		}
	}
	return true
}

// segments are the parts of a URI between slashes; the names of S3 are one.
func segments(uri string) []string {
	scheme, rest, _ := strings.Cut(uri, "://")
	if slices.Contains(s3Schemes, scheme) {
		scheme = s3Schemes[0]
	}
	parts := []string{scheme}
	for i, p := range strings.Split(rest, "/") {
		if i == 0 || p != "" { // the host is empty in file:///
			parts = append(parts, p)
		}
	}
	return parts
}
