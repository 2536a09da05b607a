package image

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Image is what an image name stands for.
type Image struct {
	Layers     []Layer           `json:"layers"`
	Env        map[string]string `json:"env"`
	Entrypoint []string          `json:"entrypoint"`
	Cwd        string            `json:"cwd"`
}

// Layer puts a folder or file of the host at a path of the container.
// Folders are writable there and stay untouched on the host; files are read-only.
type Layer struct {
	Src string `json:"src"` // absolute path on the host
	Dst string `json:"dst"` // absolute path in the container, not "/"
}

// Catalogue maps a prefix of an image name to what it stands for.
type Catalogue map[string]Image

// Load reads the catalogue from a JSON file and reports every fault at once.
func Load(path string) (Catalogue, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the image file: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var c Catalogue
	if err := decoder.Decode(&c); err != nil {
		return nil, fmt.Errorf("image file %s: %w", path, err)
	}
	return c, c.check(path)
}

func (c Catalogue) check(path string) error {
	var faults []error
	for _, name := range c.Names() {
		for i, l := range c[name].Layers {
			if err := l.check(); err != nil {
				faults = append(faults, fmt.Errorf("image file %s: %q, layer %d: %w", path, name, i, err))
			}
		}
	}
	return errors.Join(faults...)
}

func (l Layer) check() error {
	if !filepath.IsAbs(l.Src) || !filepath.IsAbs(l.Dst) {
		return fmt.Errorf("src %q and dst %q must be absolute paths", l.Src, l.Dst)
	}
	if filepath.Clean(l.Dst) == "/" {
		return errors.New("dst must not be /: the root is made of the host's folders")
	}
	if _, err := os.Stat(l.Src); err != nil {
		return fmt.Errorf("src cannot be read: %w", err)
	}
	return nil
}

// Names lists the known prefixes in order.
func (c Catalogue) Names() []string {
	return slices.Sorted(maps.Keys(c))
}

// Find gives the image whose prefix of name is the longest. The error names
// what is known.
func (c Catalogue) Find(name string) (Image, error) {
	best := ""
	found := false
	for prefix := range c {
		if strings.HasPrefix(name, prefix) && (!found || len(prefix) > len(best)) {
			best, found = prefix, true
		}
	}
	if !found {
		return Image{}, fmt.Errorf("image %q is not in the image file; nothing is pulled here. Known images: %s", name, strings.Join(c.Names(), ", "))
	}
	return c[best], nil
}
