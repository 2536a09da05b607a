package kit

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// untar puts the files under prefix of a .tar.gz under dir. The prefix's first
// element may be "*": the folder that source packages wrap everything in.
func untar(archive, prefix, dir string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	plain, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(archive), err)
	}
	files := tar.NewReader(plain)
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(archive), err)
		}
		name, inside := under(prefix, h.Name)
		if !inside || h.Typeflag != tar.TypeReg {
			continue
		}
		if err := writeFile(dir, name, files); err != nil {
			return err
		}
	}
}

// unzip puts the files under prefix of a zip under dir.
func unzip(archive, prefix, dir string) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(archive), err)
	}
	defer z.Close()
	for _, f := range z.File {
		name, inside := under(prefix, f.Name)
		if !inside || f.FileInfo().IsDir() {
			continue
		}
		content, err := f.Open()
		if err != nil {
			return err
		}
		err = writeFile(dir, name, content)
		content.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func under(prefix, name string) (string, bool) {
	if rest, any := strings.CutPrefix(prefix, "*/"); any {
		_, name, _ = strings.Cut(name, "/")
		prefix = rest
	}
	rest, inside := strings.CutPrefix(name, prefix)
	return rest, inside && rest != ""
}

func writeFile(dir, name string, content io.Reader) error {
	if !filepath.IsLocal(name) {
		return fmt.Errorf("an archive holds the file name %q, which leads out of its folder", name)
	}
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Close())
}
