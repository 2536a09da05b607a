package kit

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// PyPI is where a Flink distribution can be had from an ordinary package
// client: the source package of apache-flink-libraries has the jars, the wheel
// of apache-flink the scripts and the configuration.
const (
	librariesSize = 232 << 20 // bytes, about; only the percentage depends on it
	sizePoll      = 500 * time.Millisecond
)

func flinkPart(o Options) *part {
	return &part{
		name:   "flink",
		title:  "Apache Flink " + FlinkVersion,
		client: "pip",
		tools:  []tool{python},
		place:  filepath.Join(o.Cache, "flink", FlinkVersion),
		locks:  filepath.Join(o.Cache, "locks"),
		build:  buildFlink,
	}
}

func buildFlink(ctx context.Context, w work) error {
	w.report.begin("downloading Apache Flink %s (232 MB)", FlinkVersion)
	// pip runs the source package's setup.py for its name and version, in a
	// build environment of its own, so this works where pip has no wheel package.
	libraries, err := pipDownload(ctx, w, "libraries", "--no-binary", ":all:", "apache-flink-libraries=="+FlinkVersion)
	if err != nil {
		return err
	}
	// Only scripts are taken out of this wheel, so any of them will do, whatever
	// Python and machine this is: one that exists is asked for by name.
	scripts, err := pipDownload(ctx, w, "scripts", "--only-binary", ":all:", "--python-version", "3.11", "--implementation", "cp",
		"--abi", "cp311", "--platform", "manylinux2014_x86_64", "apache-flink=="+FlinkVersion)
	if err != nil {
		return err
	}
	w.report.begin("unpacking")
	return layOutFlink(libraries, scripts, w.dir)
}

// layOutFlink makes what the official binary release looks like.
func layOutFlink(libraries, scripts, home string) error {
	if err := untar(libraries, "*/deps/", home); err != nil {
		return err
	}
	for _, dir := range []string{"bin", "conf"} {
		if err := unzip(scripts, "pyflink/"+dir+"/", filepath.Join(home, dir)); err != nil {
			return err
		}
	}
	for _, dir := range []string{"bin", "conf", "lib", "opt", "plugins"} {
		if _, err := os.Stat(filepath.Join(home, dir)); err != nil {
			return fmt.Errorf("the packages of Flink %s have no %s folder in them", FlinkVersion, dir)
		}
	}
	if err := os.MkdirAll(filepath.Join(home, "log"), 0o755); err != nil {
		return err
	}
	return makeExecutable(filepath.Join(home, "bin"))
}

func makeExecutable(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.Chmod(filepath.Join(dir, e.Name()), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// pipDownload gives the one file that pip fetched.
func pipDownload(ctx context.Context, w work, name string, args ...string) (string, error) {
	dir, tmp := filepath.Join(w.scratch, name), filepath.Join(w.scratch, name+".tmp")
	for _, d := range []string{dir, tmp} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return "", err
		}
	}
	done := watchSize(tmp, func(size int64) { w.report.percent("downloading", size, librariesSize) })
	defer done()
	argv := append([]string{"python3", "-m", "pip", "download", "--no-deps", "--no-cache-dir", "--disable-pip-version-check", "-d", dir}, args...)
	if err := (client{dir: w.scratch, env: []string{"TMPDIR=" + tmp}, argv: argv}).run(ctx); err != nil {
		return "", err
	}
	found, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("pip left %d files where one was expected", len(found))
	}
	return found[0], nil
}

// watchSize reports how many bytes lie under dir, until done is called: pip
// itself has no progress that a program can read in every version.
func watchSize(dir string, report func(int64)) (done func()) {
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(sizePoll)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				report(sizeOf(dir))
			}
		}
	}()
	return func() { close(stop); <-stopped }
}

// sizeOf is a rough look: files come and go meanwhile.
func sizeOf(dir string) int64 {
	var sum int64
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			sum += info.Size()
		}
		return nil
	})
	return sum
}
