package container

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	securejoin "github.com/cyphar/filepath-securejoin"
	"golang.org/x/sys/unix"
)

// uppers holds the writable sides of all overlays, on the root's own tmpfs.
const uppers = "/.sluice-uppers"

// overlay mounts lower folders of the host (the first wins) at dst, writable
// without changing them.
func overlay(root, dst string, lower []string) error {
	target, err := securejoin.SecureJoin(root, dst)
	if err != nil {
		return err
	}
	name := strings.ReplaceAll(strings.Trim(dst, "/"), "/", "+")
	upper := filepath.Join(root, uppers, name, "upper")
	work := filepath.Join(root, uppers, name, "work")
	for _, path := range []string{upper, work, target} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			return err
		}
	}
	if err := mountOverlay(target, lower, upper, work); err != nil {
		return fmt.Errorf("lay %s over %s: %w", strings.Join(lower, ", "), dst, err)
	}
	return nil
}

func mountOverlay(target string, lower []string, upper, work string) error {
	escaped := make([]string, len(lower))
	for i, path := range lower {
		escaped[i] = strings.NewReplacer(`\`, `\\`, `:`, `\:`, `,`, `\,`).Replace(path)
	}
	comma := strings.NewReplacer(`\`, `\\`, `,`, `\,`)
	data := "lowerdir=" + strings.Join(escaped, ":") + ",upperdir=" + comma.Replace(upper) + ",workdir=" + comma.Replace(work)
	return unix.Mount("overlay", target, "overlay", 0, data)
}

// lowers lists the folders that go to dst, the last named first, as overlayfs wants them.
func lowers(layers []Layer, dst string) []string {
	var out []string
	for _, l := range slices.Backward(layers) {
		if filepath.Clean(l.Dst) == dst {
			out = append(out, l.Src)
		}
	}
	return out
}

// bind makes a folder or file of the host appear in the root.
func bind(root string, m Mount) error {
	target, err := securejoin.SecureJoin(root, m.Dst)
	if err != nil {
		return err
	}
	if err := mountPoint(m.Src, target); err != nil {
		return fmt.Errorf("%s: %w", m.Dst, err)
	}
	if err := unix.Mount(m.Src, target, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("bind %s at %s: %w", m.Src, m.Dst, err)
	}
	if !m.ReadOnly {
		return nil
	}
	// Unlike a remount this leaves the flags alone that a user namespace may not clear.
	attr := &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}
	if err := unix.MountSetattr(unix.AT_FDCWD, target, unix.AT_RECURSIVE, attr); err != nil {
		return fmt.Errorf("make %s read-only: %w", m.Dst, err)
	}
	return nil
}

// mountPoint makes target a folder or an empty file, as src is one.
func mountPoint(src, target string) error {
	info, err := os.Stat(src)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.MkdirAll(target, 0o755)
	}
	if _, err := os.Stat(target); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.WriteFile(target, nil, 0o644)
}

// inPathOrder puts a mount after those it lies within.
func inPathOrder(mounts []Mount) []Mount {
	return slices.SortedStableFunc(slices.Values(mounts), func(a, b Mount) int {
		return strings.Compare(filepath.Clean(a.Dst), filepath.Clean(b.Dst))
	})
}

// hideUppers keeps the container from seeing the writable sides twice.
func hideUppers(s Spec) error {
	return unix.Mount("tmpfs", filepath.Join(s.Root, uppers), "tmpfs", unix.MS_RDONLY, "size=4k,mode=0")
}

// CheckOverlay tries the one mount that not every machine allows, in scratch,
// which must be a folder on a writable file system.
func CheckOverlay(scratch string) error {
	if err := unix.Mount("tmpfs", scratch, "tmpfs", 0, ""); err != nil {
		return fmt.Errorf("cannot mount tmpfs: %w", err)
	}
	defer func() { _ = unix.Unmount(scratch, unix.MNT_DETACH) }()
	for _, name := range []string{"upper", "work", "merged"} {
		if err := os.Mkdir(filepath.Join(scratch, name), 0o755); err != nil {
			return err
		}
	}
	at := func(name string) string { return filepath.Join(scratch, name) }
	if err := mountOverlay(at("merged"), []string{"/etc"}, at("upper"), at("work")); err != nil {
		return fmt.Errorf("cannot mount overlayfs (needs the overlay module and, when not root, Linux 5.11 or newer): %w", err)
	}
	return unix.Unmount(at("merged"), unix.MNT_DETACH)
}
