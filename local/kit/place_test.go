package kit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestModuleRootIsFoundFromAFolderInside(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	inner := filepath.Join(root, "local", "kube")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	for path, module := range map[string]string{root: modulePath, inner: modulePath + "/local/kube"} {
		if err := os.WriteFile(filepath.Join(path, "go.mod"), []byte("module "+module+"\n\ngo 1.26\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(inner)
	if got, err := ModuleRoot(); err != nil || got != root {
		t.Errorf("found %q, %v; want %q", got, err, root)
	}
}

func TestOutsideACheckoutTheErrorSaysWhatToDo(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := ModuleRoot(); err == nil || !strings.Contains(err.Error(), "run this inside the checkout") {
		t.Errorf("got %v", err)
	}
}

func TestCacheIsWhereTheEnvironmentSays(t *testing.T) {
	t.Setenv("HOME", "/h")
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("SLUICE_CACHE", "")
	for _, c := range []struct{ name, value, want string }{
		{"HOME", "/h", "/h/.cache/sluice"},
		{"XDG_CACHE_HOME", "/x", "/x/sluice"},
		{"SLUICE_CACHE", "/s", "/s"},
	} {
		t.Setenv(c.name, c.value)
		if got, err := CacheDir(); err != nil || got != c.want {
			t.Errorf("with %s=%s: %q, %v; want %q", c.name, c.value, got, err, c.want)
		}
	}
}

func TestArchiveThatLeadsOutOfItsFolderIsRefused(t *testing.T) {
	m := newMachine(t)
	archive := filepath.Join(t.TempDir(), "a.zip")
	m.zip(archive, "in/../../../evil")
	if err := unzip(archive, "in/", t.TempDir()); err == nil || !strings.Contains(err.Error(), "leads out") {
		t.Errorf("got %v", err)
	}
}
