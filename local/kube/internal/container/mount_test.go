package container

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestLayersOfOneDestinationAreMergedWithTheLaterOnTop(t *testing.T) {
	layers := []Layer{{"/base", "/opt/x"}, {"/other", "/opt/y"}, {"/patch", "/opt/x/"}}
	if got := lowers(layers, "/opt/x"); !reflect.DeepEqual(got, []string{"/patch", "/base"}) {
		t.Errorf("got %v", got)
	}
}

func TestAMountComesAfterTheOneItLiesWithin(t *testing.T) {
	got := inPathOrder([]Mount{{Dst: "/a/b/c"}, {Dst: "/a"}, {Dst: "/a/b/"}})
	want := []Mount{{Dst: "/a"}, {Dst: "/a/b/"}, {Dst: "/a/b/c"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestAMountPointIsMadeInTheKindOfItsSource(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for src, isDir := range map[string]bool{dir: true, file: false} {
		target := filepath.Join(t.TempDir(), "deep", "target")
		if err := mountPoint(src, target); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(target); err != nil || info.IsDir() != isDir {
			t.Errorf("%s: folder %v, %v", src, info.IsDir(), err)
		}
	}
}
