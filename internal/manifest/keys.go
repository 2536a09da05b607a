package manifest

import (
	"regexp"
	"strings"
)

// reachingKeys are families of Flink's and the operator's settings that lead
// out of what a team was given. A key that ends in * is a prefix. Settings that
// only decide what the job's own process does (reporters, JVM options, class
// paths of files) are free: the user's code can do all of that anyway.
var reachingKeys = []struct{ key, why string }{
	{"$internal.*", "it is Flink's own; remove it"},
	{"high-availability.cluster-id", "the operator sets it, and another's names another application's record; remove it"},
	{"high-availability.namespace", "the operator sets it, and another's names another application's record; remove it"},
	{"high-availability.zookeeper.*", "a ZooKeeper is shared by whoever reaches it; use high-availability.type: kubernetes"},
	{"kubernetes.artifacts.*", "the jar that was dropped beside application.yaml runs; remove it"},
	{"kubernetes.config.file", "the operator's own connection to the cluster is used; remove it"},
	{"kubernetes.container.image", "write it as spec.image"},
	{"kubernetes.container.image.ref", "write it as spec.image"},
	{"kubernetes.context", "the operator's own connection to the cluster is used; remove it"},
	{"kubernetes.entry.path", "it replaces what the image starts; remove it"},
	{"kubernetes.flink.conf.dir", "the operator mounts the configuration; remove it"},
	{"kubernetes.hadoop.conf.config-map.name", "it mounts what pod templates would have to show; use spec.podTemplate"},
	{"kubernetes.internal.*", "it is the operator's own; remove it"},
	{"kubernetes.jobmanager.owner.reference", "it ties the pods to another's object; remove it"},
	{"kubernetes.jobmanager.service-account", "write it as spec.serviceAccount"},
	{"kubernetes.rest-service.annotations", "controllers of load balancers and of names read them, and they can open Flink's REST endpoint beyond the cluster; remove it"},
	{"kubernetes.service-account", "write it as spec.serviceAccount"},
	{"kubernetes.taskmanager.entrypoint.args", "it changes how Flink is started; remove it"},
	{"kubernetes.taskmanager.service-account", "write it as spec.serviceAccount"},
	{"recovery.*", "these are high availability's names of long ago; use high-availability.*"},
	{"security.*", "it makes the job somebody else (Kerberos, tokens) or replaces Flink's own security; remove it"},
	{"user.artifacts.*", "it fetches what no release has pinned; put it into the jar or the image"},
	{"kubernetes.operator.*", "it is the operator's own, for all teams; remove it"},
}

// freeKeys are those of the families above that concern the application alone.
var freeKeys = []string{
	"security.ssl.*",
	"kubernetes.operator.checkpoint.*",
	"kubernetes.operator.cluster.*",
	"kubernetes.operator.deployment.*",
	"kubernetes.operator.exception.*",
	"kubernetes.operator.flink.client.*",
	"kubernetes.operator.jm-deployment*",
	"kubernetes.operator.job.*",
	"kubernetes.operator.observer.*",
	"kubernetes.operator.periodic.*",
	"kubernetes.operator.pod-template.merge-arrays-by-name",
	"kubernetes.operator.reconcile.interval",
	"kubernetes.operator.savepoint.*",
	"kubernetes.operator.snapshot.*",
}

// exposedTypes keep Flink's REST endpoint, which runs any jar it is given, inside the cluster.
var exposedTypes = []string{"ClusterIP", "Headless_ClusterIP"}

// uriScheme finds the schemes of a list of URIs.
var uriScheme = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*):/`)

// leadsOut tells whether a list of URIs names what is not in the image.
func leadsOut(uris string) bool {
	for _, m := range uriScheme.FindAllStringSubmatch(uris, -1) {
		if !strings.EqualFold(m[1], "file") && !strings.EqualFold(m[1], "local") {
			return true
		}
	}
	return false
}

// configuration holds Flink's settings against what a team may use.
func (v reach) configuration() {
	conf := v.resource.get("spec", "flinkConfiguration")
	if conf == nil {
		return
	}
	for _, f := range conf.fields {
		if matchesAny(v.allow.Configuration, f.name) {
			continue
		}
		if why := reaches(f); why != "" {
			v.faultAt(f.line, f.column, "spec.flinkConfiguration."+f.name, "a team may not set it: %s, or %s", why, v.ask("configuration"))
		}
	}
	v.configuredSecrets(conf)
}

// reaches says why a setting leads out; empty when it does not.
func reaches(f *field) string {
	switch f.name {
	case "kubernetes.rest-service.exposed.type":
		for _, inside := range exposedTypes {
			if strings.EqualFold(f.value.literal, inside) {
				return ""
			}
		}
		return "it opens Flink's REST endpoint, which runs any jar it is given, beyond the cluster; write ClusterIP"
	case "kubernetes.jobmanager.annotations", "kubernetes.taskmanager.annotations":
		for _, refused := range refusedAnnotations {
			if strings.Contains(f.value.literal, strings.TrimSuffix(refused, anything)) {
				return "the annotation changes what the pod may do; remove it"
			}
		}
		return ""
	case "pipeline.classpaths":
		if leadsOut(f.value.literal) {
			return "it fetches what no release has pinned; put it into the jar or the image"
		}
		return ""
	}
	if matchesAny(freeKeys, f.name) {
		return ""
	}
	for _, k := range reachingKeys {
		if matches(k.key, f.name) {
			return k.why
		}
	}
	return ""
}

// configuredSecrets finds the Secrets that Flink mounts for its pods: name:path
// pairs, env:…,secret:name,key:… and a list of names (Flink's KubernetesConfigOptions).
func (v reach) configuredSecrets(conf *node) {
	for _, s := range []struct {
		key  string
		name func(item string) string
	}{
		{"kubernetes.secrets", func(item string) string { name, _, _ := strings.Cut(item, ":"); return name }},
		{"kubernetes.container.image.pull-secrets", func(item string) string { return item }},
		{"kubernetes.env.secretKeyRef", func(item string) string { name, _ := strings.CutPrefix(item, "secret:"); return name }},
	} {
		f := conf.find(s.key)
		if f == nil || f.value.kind != scalar {
			continue
		}
		for _, item := range strings.FieldsFunc(f.value.literal, func(c rune) bool { return strings.ContainsRune(",;[]\"' ", c) }) {
			if s.key == "kubernetes.env.secretKeyRef" && !strings.HasPrefix(item, "secret:") {
				continue
			}
			v.secretNamed(s.name(item), f.value.line, f.value.column, "spec.flinkConfiguration."+s.key)
		}
	}
}
