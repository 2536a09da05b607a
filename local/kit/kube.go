package kit

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// kubePart builds sluice-kube. The first time compiles most of Kubernetes: some
// minutes, which is why it starts first and says how far it is.
func kubePart(o Options) (*part, error) {
	dir := filepath.Join(o.Module, "local", "kube")
	key, err := hashOf(dir, []string{"."}, "testdata", "cluster")
	if err != nil {
		return nil, err
	}
	return &part{
		name:   "kube",
		title:  "the local Kubernetes",
		client: "go",
		tools:  []tool{goTool, gmake},
		place:  filepath.Join(o.Cache, "kube", runtime.GOOS+"-"+runtime.GOARCH+"-"+key),
		locks:  filepath.Join(o.Cache, "locks"),
		build:  func(ctx context.Context, w work) error { return buildKube(ctx, w, dir) },
	}, nil
}

func buildKube(ctx context.Context, w work, dir string) error {
	w.report.begin("finding the packages of Kubernetes")
	total, err := countPackages(ctx, w, dir)
	if err != nil {
		return err
	}
	w.report.begin("compiling Kubernetes (%d packages, those compiled before are skipped)", total)
	var compiled int64
	return client{
		dir: dir,
		// The module's own Makefile has the flags that matter; -v names each package as it is compiled.
		env:  []string{"GOFLAGS=" + strings.TrimSpace(os.Getenv("GOFLAGS")+" -v"), "CGO_ENABLED=0"},
		argv: []string{"make", "build", "OUT=" + filepath.Join(w.dir, "sluice-kube")},
		line: func(string) {
			compiled++
			w.report.percent("compiling", compiled, total)
		},
	}.run(ctx)
}

// countPackages also makes go download the modules, which it says on its own stream.
func countPackages(ctx context.Context, w work, dir string) (total int64, err error) {
	modules := 0
	err = client{
		dir:  dir,
		env:  []string{"CGO_ENABLED=0"},
		argv: []string{"go", "list", "-deps", "./cmd/sluice-kube"},
		line: func(line string) {
			if !strings.HasPrefix(line, "go: downloading") {
				total++
				return
			}
			modules++
			w.report.count("modules downloaded", modules, 25)
		},
	}.run(ctx)
	return total, err
}
