package manifest

import "strconv"

// podTemplates are the places of a FlinkDeployment that hold a pod template.
var podTemplates = [][]string{
	{"spec", "podTemplate"},
	{"spec", "jobManager", "podTemplate"},
	{"spec", "taskManager", "podTemplate"},
}

// podTemplatesStayInside refuses what leads out of the pod or the namespace. It
// does not replace Pod Security admission: it says so before a job is stopped.
// Service accounts are free: the namespace's own are all there are.
func podTemplatesStayInside(r *report, resource *node) {
	for _, at := range podTemplates {
		template := resource.get(at...)
		if template == nil {
			continue
		}
		path := at[0]
		for _, name := range at[1:] {
			path = join(path, name)
		}
		podTemplate(r, template, path)
	}
}

func podTemplate(r *report, template *node, path string) {
	if template.kind != mapping {
		r.fault(template, path, "it has to be a mapping, and it is %s", template.what())
	}
	if ns := template.get("metadata", "namespace"); ns != nil {
		r.fault(ns, path+".metadata.namespace", "pods run in the namespace of the prefix; remove it")
	}
	spec := template.get("spec")
	for _, name := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		if n := spec.get(name); n != nil && !n.isFalse() {
			r.fault(n, path+".spec."+name, "a team's pods may not share it with their node; remove it")
		}
	}
	if volumes := spec.get("volumes"); volumes != nil {
		for i, v := range volumes.items {
			if f := v.find("hostPath"); f != nil {
				r.faultAt(f.line, f.column, path+".spec.volumes["+strconv.Itoa(i)+"].hostPath", "a team's pods may not mount the disk of their node; use emptyDir or a persistentVolumeClaim")
			}
		}
	}
	securityContext(r, spec.get("securityContext"), path+".spec.securityContext")
	for _, list := range []string{"containers", "initContainers", "ephemeralContainers"} {
		if containers := spec.get(list); containers != nil {
			for i, c := range containers.items {
				container(r, c, path+".spec."+list+"["+strconv.Itoa(i)+"]")
			}
		}
	}
}

func container(r *report, c *node, path string) {
	securityContext(r, c.get("securityContext"), path+".securityContext")
	ports := c.get("ports")
	if ports == nil {
		return
	}
	for i, p := range ports.items {
		if f := p.find("hostPort"); f != nil && f.value.value != int64(0) {
			r.faultAt(f.line, f.column, path+".ports["+strconv.Itoa(i)+"].hostPort", "a team's pods may not take ports of their node; remove it")
		}
	}
}

func securityContext(r *report, sc *node, path string) {
	for _, name := range []string{"privileged", "allowPrivilegeEscalation"} {
		if n := sc.get(name); n != nil && !n.isFalse() {
			r.fault(n, path+"."+name, "a team's pods run without privileges; remove it or write false")
		}
	}
	if added := sc.get("capabilities", "add"); added != nil && len(added.items) > 0 {
		r.fault(added, path+".capabilities.add", "a team's pods run without added capabilities; remove it")
	}
	if n := sc.get("windowsOptions", "hostProcess"); n != nil && !n.isFalse() {
		r.fault(n, path+".windowsOptions.hostProcess", "a team's pods run without privileges; remove it")
	}
}
