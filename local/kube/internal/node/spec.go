package node

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/sluice-flink/sluice/local/kube/internal/container"
	"github.com/sluice-flink/sluice/local/kube/internal/image"
	"github.com/sluice-flink/sluice/local/kube/internal/network"
)

// spec gathers what the container refers to and builds its specification.
func (r *run) spec(c *corev1.Container) (container.Spec, error) {
	img, err := r.node.images.Find(c.Image)
	if err != nil {
		return container.Spec{}, err
	}
	in, err := r.gather(environmentReferences(c))
	if err != nil {
		return container.Spec{}, err
	}
	s, err := buildSpec(r.pod, c, img, r.net.IP.String(), in, r.volumeDir)
	s.Root, s.Tmp = filepath.Join(r.dir, "root"), r.tmp(c.Name)
	return s, err
}

// buildSpec is pure: what a container is made of. volumeDir gives the host's folder of a volume.
func buildSpec(p *corev1.Pod, c *corev1.Container, img image.Image, podIP string, in objects, volumeDir func(string) string) (container.Spec, error) {
	env, err := Environment(p, c, img, podIP, in)
	if err != nil {
		return container.Spec{}, err
	}
	s := container.Spec{
		Hostname: hostname(p), Env: environ(env), Cwd: c.WorkingDir,
		Args: command(c, img, env), Files: rootFiles(p, podIP),
	}
	if s.Cwd == "" {
		s.Cwd = img.Cwd
	}
	if len(s.Args) == 0 {
		return s, fmt.Errorf("image %q has no entrypoint in the image file and the container names no command", c.Image)
	}
	for _, l := range img.Layers {
		s.Layers = append(s.Layers, container.Layer(l))
	}
	for _, m := range c.VolumeMounts {
		sub := m.SubPath
		if m.SubPathExpr != "" {
			sub = expand(m.SubPathExpr, env)
		}
		if sub != "" && !filepath.IsLocal(sub) {
			return s, errors.New("subPath " + sub + " leads out of its volume")
		}
		s.Mounts = append(s.Mounts, container.Mount{Src: filepath.Join(volumeDir(m.Name), sub), Dst: m.MountPath, ReadOnly: m.ReadOnly || showsObjects(p, m.Name)})
	}
	return s, nil
}

// showsObjects says whether a volume is of a kind that Kubernetes never lets a container write to.
func showsObjects(p *corev1.Pod, volume string) bool {
	for _, v := range p.Spec.Volumes {
		if v.Name == volume {
			return v.ConfigMap != nil || v.Secret != nil || v.DownwardAPI != nil || v.Projected != nil
		}
	}
	return false
}

// command follows Kubernetes: command replaces the image's entrypoint, args follow either.
func command(c *corev1.Container, img image.Image, env map[string]string) []string {
	args := expandAll(c.Command, env)
	if len(args) == 0 {
		args = append(args, img.Entrypoint...)
	}
	return append(args, expandAll(c.Args, env)...)
}

// rootFiles are the files a kubelet writes into every container, and a name
// service configuration that asks DNS whatever the host does.
func rootFiles(p *corev1.Pod, podIP string) []container.File {
	name := hostname(p)
	full := name
	if p.Spec.Subdomain != "" {
		full = fmt.Sprintf("%s.%s.%s.svc.%s\t%s", name, p.Spec.Subdomain, p.Namespace, network.Domain, name)
	}
	hosts := fmt.Sprintf("127.0.0.1\tlocalhost\n%s\t%s\n", podIP, full)
	for _, a := range p.Spec.HostAliases {
		hosts += a.IP + "\t" + strings.Join(a.Hostnames, " ") + "\n"
	}
	return []container.File{
		{Path: "/etc/hosts", Text: hosts},
		{Path: "/etc/hostname", Text: name + "\n"},
		{Path: "/etc/nsswitch.conf", Text: "passwd: files\ngroup: files\nhosts: files dns\n"},
		{Path: "/etc/resolv.conf", Text: fmt.Sprintf("nameserver %[1]s\nsearch %[2]s.svc.%[3]s svc.%[3]s %[3]s\noptions ndots:5\n",
			network.NodeIP, p.Namespace, network.Domain)},
	}
}
