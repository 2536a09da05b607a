package bootstraps

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/test/bench/figures"
)

// Measure builds every function of the catalogue below the module's root and
// starts each as often as times says.
func Measure(ctx context.Context, module string, times int, out io.Writer) ([]figures.Function, error) {
	dir, err := os.MkdirTemp("", "bootstraps-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	surroundings, err := environment(dir)
	if err != nil {
		return nil, err
	}
	var all []figures.Function
	for _, f := range functions.Catalogue() {
		m := figures.Function{Name: f.Name}
		deployed, here := filepath.Join(dir, f.Name+"-arm64"), filepath.Join(dir, f.Name)
		if err := build(ctx, module, f.Name, "arm64", deployed); err != nil {
			return all, err
		}
		if m.Zip, err = zipped(deployed); err != nil {
			return all, err
		}
		if err := build(ctx, module, f.Name, runtime.GOARCH, here); err != nil {
			return all, err
		}
		for range times {
			took, err := initTime(ctx, here, surroundings)
			if err != nil {
				return all, fmt.Errorf("start %s: %w", f.Name, err)
			}
			m.Init = append(m.Init, took)
		}
		_, _ = fmt.Fprintf(out, "%-16s %5.2f MB\n", m.Name, float64(m.Zip)/1e6)
		all = append(all, m)
	}
	return all, nil
}

// build builds as make build does.
func build(ctx context.Context, module, name, arch, to string) error {
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags", "lambda.norpc", "-ldflags=-s -w", "-o", to, "./functions/"+name)
	c.Dir, c.Env = module, append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if said, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("build the function %s for %s: %w\n%s", name, arch, err, said)
	}
	return nil
}

// zipped is how large a program is as Lambda is given it.
func zipped(program string) (int64, error) {
	f, err := os.Open(program)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	size := &count{}
	z := zip.NewWriter(size)
	w, err := z.Create("bootstrap")
	if err == nil {
		_, err = io.Copy(w, f)
	}
	if err == nil {
		err = z.Close()
	}
	return size.n, err
}

type count struct{ n int64 }

// Write implements io.Writer.
func (c *count) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}
