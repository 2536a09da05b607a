package container

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// laidOver are the host's folders a container sees and may write to without
// the host noticing.
var laidOver = []string{"/usr", "/etc", "/opt"}

// shared are the host's folders a container needs as they are. On most systems
// all but the last are links into /usr.
var shared = []string{"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix"}

// empty are folders that every container finds empty and may write to.
var empty = []string{"/proc", "/root", "/run", "/var/run", "/var/log", "/var/tmp", "/home", "/mnt"}

// buildRoot makes the container's root at s.Root, in a mount namespace of its own.
func buildRoot(s Spec) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	if err := unix.Mount("tmpfs", s.Root, "tmpfs", 0, "mode=0755"); err != nil {
		return fmt.Errorf("mount the root: %w", err)
	}
	steps := []func(Spec) error{hostFolders, systemFolders, layers, files, volumes, hideUppers}
	for _, step := range steps {
		if err := step(s); err != nil {
			return err
		}
	}
	return nil
}

func hostFolders(s Spec) error {
	for _, path := range laidOver {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			continue
		}
		if err := overlay(s.Root, path, []string{path}); err != nil {
			return err
		}
	}
	for _, path := range shared {
		if target, err := os.Readlink(path); err == nil {
			if err := os.Symlink(target, s.Root+path); err != nil {
				return err
			}
		} else if _, err := os.Stat(path); err == nil {
			if err := bind(s.Root, Mount{Src: path, Dst: path, ReadOnly: true}); err != nil {
				return err
			}
		}
	}
	return nil
}

func systemFolders(s Spec) error {
	for _, path := range empty {
		if err := os.MkdirAll(s.Root+path, 0o755); err != nil {
			return err
		}
	}
	if err := unix.Mount("proc", s.Root+"/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	for _, m := range []Mount{{Src: "/dev", Dst: "/dev"}, {Src: "/sys", Dst: "/sys", ReadOnly: true}, {Src: s.Tmp, Dst: "/tmp"}} {
		if err := bind(s.Root, m); err != nil {
			return err
		}
	}
	// Shared memory segments belong to the container, not to the host.
	if err := unix.Mount("tmpfs", s.Root+"/dev/shm", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=1777"); err != nil && !errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("mount /dev/shm: %w", err)
	}
	return nil
}

// layers lays the image's folders over the root, those with the same
// destination at once.
func layers(s Spec) error {
	done := map[string]bool{}
	for _, l := range s.Layers {
		dst := filepath.Clean(l.Dst)
		if info, err := os.Stat(l.Src); err == nil && !info.IsDir() {
			if err := bind(s.Root, Mount{Src: l.Src, Dst: dst, ReadOnly: true}); err != nil {
				return err
			}
			continue
		}
		if done[dst] {
			continue
		}
		done[dst] = true
		if err := overlay(s.Root, dst, lowers(s.Layers, dst)); err != nil {
			return err
		}
	}
	return nil
}

// files replaces files of the root. The old one is removed first: to write to
// it would copy it up with its owner, which a user namespace may not know.
func files(s Spec) error {
	for _, f := range s.Files {
		path := s.Root + f.Path
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("replace %s: %w", f.Path, err)
		}
		if err := os.WriteFile(path, []byte(f.Text), 0o644); err != nil {
			return fmt.Errorf("write %s: %w", f.Path, err)
		}
	}
	return nil
}

func volumes(s Spec) error {
	for _, m := range inPathOrder(s.Mounts) {
		if err := bind(s.Root, m); err != nil {
			return fmt.Errorf("volume mount: %w", err)
		}
	}
	return nil
}
