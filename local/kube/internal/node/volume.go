package node

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/volume/util"
)

// renewTokens is how often volumes are written again so that no token in them
// expires: the shortest a token may live is ten minutes.
const renewTokens = 5 * time.Minute

// volumeDir is the host's folder or file of a volume.
func (r *run) volumeDir(name string) string {
	for _, v := range r.pod.Spec.Volumes {
		if v.Name == name && v.HostPath != nil {
			return v.HostPath.Path
		}
	}
	return filepath.Join(r.dir, "volumes", name)
}

// writeVolumes makes the pod's volumes, or brings those that show objects up to date.
func (r *run) writeVolumes() error {
	for _, v := range r.pod.Spec.Volumes {
		if err := r.writeVolume(v); err != nil {
			return fmt.Errorf("volume %s: %w", v.Name, err)
		}
	}
	return nil
}

func (r *run) writeVolume(v corev1.Volume) error {
	if v.HostPath != nil {
		return ensureHostPath(v.HostPath)
	}
	dir := r.volumeDir(v.Name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if v.EmptyDir != nil {
		return os.Chmod(dir, 0o777)
	}
	in, err := r.gather(volumeReferences(v))
	if err != nil {
		return err
	}
	files, err := volumePayload(r.pod, v, r.net.IP.String(), in, r.token)
	if err != nil {
		return err
	}
	w, err := util.NewAtomicWriter(dir, "pod "+r.pod.Namespace+"/"+r.pod.Name)
	if err != nil {
		return err
	}
	return w.Write(files, nil)
}

// ensureHostPath makes what the type says may be made, and checks the rest.
func ensureHostPath(h *corev1.HostPathVolumeSource) error {
	kind := corev1.HostPathUnset
	if h.Type != nil {
		kind = *h.Type
	}
	info, err := os.Stat(h.Path)
	switch {
	case os.IsNotExist(err) && (kind == corev1.HostPathUnset || kind == corev1.HostPathDirectoryOrCreate):
		return os.MkdirAll(h.Path, 0o755)
	case os.IsNotExist(err) && kind == corev1.HostPathFileOrCreate:
		return os.WriteFile(h.Path, nil, 0o644)
	case err != nil:
		return err
	}
	wantDir := kind == corev1.HostPathDirectory || kind == corev1.HostPathDirectoryOrCreate
	wantFile := kind == corev1.HostPathFile || kind == corev1.HostPathFileOrCreate
	if wantDir && !info.IsDir() || wantFile && !info.Mode().IsRegular() {
		return fmt.Errorf("%s of the host is not what the volume's type %s asks for", h.Path, kind)
	}
	return nil
}

// keepVolumesFresh follows changes of the objects that volumes show.
func (r *run) keepVolumesFresh(ctx context.Context) {
	tick := time.NewTicker(renewTokens)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.changed:
		case <-tick.C:
		}
		if err := r.writeVolumes(); err != nil && ctx.Err() == nil {
			klog.ErrorS(err, "bring volumes up to date", "pod", klog.KObj(r.pod))
		}
	}
}
