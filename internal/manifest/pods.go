package manifest

import (
	"slices"
	"strconv"
)

// podTemplates are the places of a FlinkDeployment that hold a pod template.
var podTemplates = [][]string{
	{"spec", "podTemplate"},
	{"spec", "jobManager", "podTemplate"},
	{"spec", "taskManager", "podTemplate"},
}

// What a team may set in a pod template (Kubernetes 1.35's PodTemplateSpec).
var (
	templateFields = []string{"apiVersion", "kind", "metadata", "spec"}
	podMetadata    = []string{"annotations", "labels", "name", "namespace"} // the namespace has a check of its own
	podFields      = []string{"activeDeadlineSeconds", "affinity", "automountServiceAccountToken", "containers", "dnsConfig", "dnsPolicy", "enableServiceLinks",
		"hostAliases", "hostUsers", "hostname", "imagePullSecrets", "initContainers", "nodeSelector", "os", "preemptionPolicy", "readinessGates", "restartPolicy",
		"schedulerName", "securityContext", "serviceAccount", "serviceAccountName", "setHostnameAsFQDN", "shareProcessNamespace", "subdomain",
		"terminationGracePeriodSeconds", "tolerations", "topologySpreadConstraints", "volumes"}
	containerFields = []string{"args", "command", "env", "envFrom", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "name", "ports", "readinessProbe",
		"resizePolicy", "resources", "restartPolicy", "securityContext", "startupProbe", "stdin", "stdinOnce", "terminationMessagePath",
		"terminationMessagePolicy", "tty", "volumeMounts", "workingDir"}
	volumeKinds = []string{"configMap", "downwardAPI", "emptyDir", "ephemeral", "name", "persistentVolumeClaim", "projected", "secret"}
)

// refusedPodFields are those a reader may look for, and why a team may not set them.
var refusedPodFields = map[string]string{
	"spec.hostNetwork":       "a team's pods may not share it with their node; remove it",
	"spec.hostPID":           "a team's pods may not share it with their node; remove it",
	"spec.hostIPC":           "a team's pods may not share it with their node; remove it",
	"spec.nodeName":          "it puts the pod past the scheduler and its rules; use nodeSelector or affinity",
	"spec.priorityClassName": "it lets the pod push others' pods out; remove it",
	"spec.priority":          "it lets the pod push others' pods out; remove it",
	"spec.runtimeClassName":  "it chooses another container runtime; remove it",
	"spec.volumes.hostPath":  "a team's pods may not mount the disk of their node; use emptyDir or a persistentVolumeClaim",
}

func (v reach) podTemplate(template *node, path string) {
	if template.kind != mapping {
		v.fault(template, path, "it has to be a mapping, and it is %s", template.what())
		return
	}
	v.only(template, path, "", templateFields)
	if f := template.get("metadata").find("namespace"); f != nil {
		v.faultAt(f.line, f.column, path+".metadata.namespace", "pods run in the namespace of the prefix; remove it")
	}
	v.only(template.get("metadata"), path+".metadata", "metadata", podMetadata)
	v.annotations(template.get("metadata", "annotations"), path+".metadata.annotations")
	spec := template.get("spec")
	v.only(spec, path+".spec", "spec", podFields)
	v.account(spec.get("serviceAccountName"), path+".spec.serviceAccountName")
	v.account(spec.get("serviceAccount"), path+".spec.serviceAccount")
	v.securityContext(spec.get("securityContext"), path+".spec.securityContext", "spec.securityContext")
	v.each(spec.get("imagePullSecrets"), path+".spec.imagePullSecrets", func(s *node, at string) { v.secret(s.get("name"), at+".name") })
	v.each(spec.get("volumes"), path+".spec.volumes", v.volume)
	for _, list := range []string{"containers", "initContainers"} {
		v.each(spec.get(list), path+".spec."+list, func(c *node, at string) { v.container(c, at, "spec."+list) })
	}
}

// only refuses the fields of a mapping that a team may not set; rel is the
// mapping's path in the template, as allow.podFields has it.
func (v reach) only(n *node, path, rel string, known []string) {
	if n == nil {
		return
	}
	for _, f := range n.fields {
		at := join(rel, f.name)
		if slices.Contains(known, f.name) || f.value.isFalse() || matchesAny(v.allow.PodFields, at) {
			continue
		}
		why, is := refusedPodFields[at]
		if !is {
			why = "a team's pods may not set it; remove it"
		}
		v.faultAt(f.line, f.column, join(path, f.name), "%s, or %s", why, v.ask("podFields"))
	}
}

func (v reach) each(list *node, path string, check func(n *node, at string)) {
	if list == nil {
		return
	}
	if list.kind != sequence {
		v.fault(list, path, "it has to be a list, and it is %s", list.what())
		return
	}
	for i, n := range list.items {
		check(n, path+"["+strconv.Itoa(i)+"]")
	}
}

// refusedAnnotations give a pod another role of AWS (kube2iam, kiam), or take
// its confinement away.
var refusedAnnotations = []string{"iam.amazonaws.com/*", "container.apparmor.security.beta.kubernetes.io/*", "seccomp.security.alpha.kubernetes.io/*", "container.seccomp.security.alpha.kubernetes.io/*"}

func (v reach) annotations(n *node, path string) {
	if n == nil {
		return
	}
	for _, f := range n.fields {
		if at := "metadata.annotations." + f.name; matchesAny(refusedAnnotations, f.name) && !matchesAny(v.allow.PodFields, at) {
			v.faultAt(f.line, f.column, path+"."+f.name, "it changes what the pod may do; remove it, or %s", v.ask("podFields"))
		}
	}
}

func (v reach) volume(n *node, path string) {
	v.only(n, path, "spec.volumes", volumeKinds)
	v.secret(n.get("secret", "secretName"), path+".secret.secretName")
	v.each(n.get("projected", "sources"), path+".projected.sources", func(s *node, at string) {
		v.only(s, at, "spec.volumes.projected.sources", []string{"configMap", "downwardAPI", "secret", "serviceAccountToken"})
		v.secret(s.get("secret", "name"), at+".secret.name")
	})
}

func (v reach) container(c *node, path, rel string) {
	v.only(c, path, rel, containerFields)
	v.image(c.get("image"), path+".image")
	v.securityContext(c.get("securityContext"), path+".securityContext", rel+".securityContext")
	v.each(c.get("ports"), path+".ports", func(p *node, at string) {
		if f := p.find("hostPort"); f != nil && f.value.value != int64(0) && !matchesAny(v.allow.PodFields, rel+".ports.hostPort") {
			v.faultAt(f.line, f.column, at+".hostPort", "a team's pods may not take ports of their node; remove it, or %s", v.ask("podFields"))
		}
	})
	v.each(c.get("env"), path+".env", func(e *node, at string) {
		v.secret(e.get("valueFrom", "secretKeyRef", "name"), at+".valueFrom.secretKeyRef.name")
	})
	v.each(c.get("envFrom"), path+".envFrom", func(e *node, at string) { v.secret(e.get("secretRef", "name"), at+".secretRef.name") })
}

// securityContext refuses what gives privileges; what takes some away is free.
func (v reach) securityContext(sc *node, path, rel string) {
	refuse := func(n *node, name, why string) {
		if n != nil && !matchesAny(v.allow.PodFields, join(rel, name)) {
			v.fault(n, join(path, name), "%s, or %s", why, v.ask("podFields"))
		}
	}
	for _, name := range []string{"privileged", "allowPrivilegeEscalation"} {
		if n := sc.get(name); n != nil && !n.isFalse() {
			refuse(n, name, "a team's pods run without privileges; remove it or write false")
		}
	}
	if added := sc.get("capabilities", "add"); added != nil && len(added.items) > 0 {
		refuse(added, "capabilities.add", "a team's pods run without added capabilities; remove it")
	}
	if n := sc.get("windowsOptions", "hostProcess"); n != nil && !n.isFalse() {
		refuse(n, "windowsOptions.hostProcess", "a team's pods run without privileges; remove it")
	}
	if n := sc.get("procMount"); n != nil && n.text() != "Default" {
		refuse(n, "procMount", "a team's pods see /proc as others do; remove it")
	}
	for _, name := range []string{"seccompProfile", "appArmorProfile"} {
		if n := sc.get(name, "type"); n.text() == "Unconfined" {
			refuse(n, name+".type", "a team's pods stay confined; write RuntimeDefault or remove it")
		}
	}
	if n := sc.get("sysctls"); n != nil && len(n.items) > 0 {
		refuse(n, "sysctls", "a team's pods may not change their node's kernel settings; remove it")
	}
}
