package kit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const modulePath = "github.com/sluice-flink/sluice"

// ModuleRoot finds the Sluice checkout: the folder with Sluice's go.mod, upwards
// from the working directory, else upwards from the running program.
func ModuleRoot() (string, error) {
	var starts []string
	if dir, err := os.Getwd(); err == nil {
		starts = append(starts, dir)
	}
	if exe, err := os.Executable(); err == nil {
		starts = append(starts, filepath.Dir(exe))
	}
	for _, start := range starts {
		if root, ok := rootAbove(start); ok {
			return root, nil
		}
	}
	return "", fmt.Errorf("no checkout of %s above %s: run this inside the checkout", modulePath, strings.Join(starts, " or "))
}

func rootAbove(dir string) (string, bool) {
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		first, _, _ := bytes.Cut(text, []byte("\n"))
		if err == nil && strings.TrimSpace(string(first)) == "module "+modulePath {
			return dir, true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}

// CacheDir is $SLUICE_CACHE, else sluice under the user's cache folder
// ($XDG_CACHE_HOME or ~/.cache). It may be deleted at any time nothing runs.
func CacheDir() (string, error) {
	if dir := os.Getenv("SLUICE_CACHE"); dir != "" {
		return dir, nil
	}
	if dir := os.Getenv("XDG_CACHE_HOME"); dir != "" {
		return filepath.Join(dir, "sluice"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", errors.New("no home folder to keep the cache in: set SLUICE_CACHE")
	}
	return filepath.Join(home, ".cache", "sluice"), nil
}

// hashOf names the content of files and folders under root; skip leaves out
// files and whole folders by their name.
func hashOf(root string, names []string, skip ...string) (string, error) {
	sum := sha256.New()
	for _, name := range names {
		err := filepath.WalkDir(filepath.Join(root, name), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && slices.Contains(skip, d.Name()):
				return filepath.SkipDir
			case !d.Type().IsRegular(), strings.HasSuffix(path, "_test.go"):
				return nil
			}
			return addFile(sum, root, path)
		})
		if err != nil {
			return "", fmt.Errorf("%s is no complete checkout: %w", root, err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

func addFile(w io.Writer, root, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s\x00%d\x00", filepath.ToSlash(rel), info.Size())
	_, err = io.Copy(w, f)
	return err
}
