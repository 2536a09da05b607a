package kit

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func TestFirstRunMakesEveryPart(t *testing.T) {
	m := newMachine(t)
	k, err := Ensure(t.Context(), m.options)
	m.must(err)
	for what, path := range map[string]string{
		"a library":         filepath.Join(k.FlinkHome, "lib", "a.jar"),
		"a script":          filepath.Join(k.FlinkHome, "bin", "flink"),
		"the configuration": filepath.Join(k.FlinkHome, "conf", "config.yaml"),
		"the operator":      filepath.Join(k.OperatorHome, "lib"),
		"a CRD":             filepath.Join(k.CRDs, "jobs-v1.yml"),
		"the S3 plugin":     filepath.Join(k.S3Plugin, "s3.jar"),
		"sluice-kube":       k.Kube,
		"a sample jar":      filepath.Join(k.Jobs, "counter-v1.jar"),
		"JSONata":           k.JSONata,
		"Java":              filepath.Join(k.JavaHome, "release"),
	} {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s is missing: %v", what, err)
		}
	}
	if info, err := os.Stat(filepath.Join(k.FlinkHome, "bin", "flink")); err != nil || info.Mode()&0o111 == 0 {
		t.Error("Flink's scripts cannot be run")
	}
	if _, err := os.Stat(filepath.Join(k.CRDs, "jobs-v1beta1.yml")); err == nil {
		t.Error("a CRD of an old API version is among the CRDs")
	}
	for _, line := range []string{"flink    downloading Apache Flink 1.20.5 (232 MB)", "kube     compiling Kubernetes (2 packages", "s3       ready in"} {
		if !strings.Contains(m.out.String(), line) {
			t.Errorf("progress has no line %q:\n%s", line, m.out)
		}
	}
}

func TestSecondRunCallsNoClientAndNeedsNone(t *testing.T) {
	m := newMachine(t)
	first, err := Ensure(t.Context(), m.options)
	m.must(err)
	before := m.called("")
	m.must(os.RemoveAll(m.bin))
	second, err := Ensure(t.Context(), m.options)
	m.must(err)
	if *first != *second {
		t.Errorf("the second run found %+v, the first made %+v", second, first)
	}
	if m.called("") != before {
		t.Errorf("clients were run again")
	}
	if !strings.Contains(m.out.String(), "flink    cached") {
		t.Errorf("nothing says that Flink was cached:\n%s", m.out)
	}
}

func TestEveryMissingToolIsNamedAtOnceBeforeAnythingStarts(t *testing.T) {
	m := newMachine(t)
	m.must(os.RemoveAll(m.bin))
	t.Setenv("JAVA_HOME", "")
	_, err := Ensure(t.Context(), m.options)
	if err == nil {
		t.Fatal("no error without any tool")
	}
	for _, tool := range []string{"java:", "go:", "make:", "mvn:", "python3:", "node:", "npm:"} {
		if !strings.Contains(err.Error(), "  "+tool) {
			t.Errorf("%s is not named in: %v", tool, err)
		}
	}
	if _, err := os.Stat(m.options.Cache); !errors.Is(err, fs.ErrNotExist) {
		t.Error("something was made all the same")
	}
}

func TestJavaOfAWrongVersionIsRefusedWithTheRange(t *testing.T) {
	for text, want := range map[string]string{
		"JAVA_VERSION=\"25.0.1\"\n":    "is Java 25",
		"JAVA_VERSION=\"1.8.0_402\"\n": "is Java 1",
		"no version":                   "cannot tell the version",
	} {
		m := newMachine(t)
		m.write("java/release", text)
		_, err := Ensure(t.Context(), m.options)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "21") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestJREWithoutCompilerIsSaidToBeOne(t *testing.T) {
	m := newMachine(t)
	m.must(os.Remove(filepath.Join(filepath.Dir(m.root), "java", "bin", "javac")))
	if _, err := Ensure(t.Context(), m.options); err == nil || !strings.Contains(err.Error(), "javac") {
		t.Errorf("got %v", err)
	}
}

func TestFailedDownloadSaysWhyAndLeavesNoHalfPart(t *testing.T) {
	m := newMachine(t)
	m.client("python3", `echo "ERROR: no route to the index" >&2; exit 1`)
	_, err := Ensure(t.Context(), m.options)
	if err == nil || !strings.Contains(err.Error(), "Apache Flink 1.20.5") || !strings.Contains(err.Error(), "no route to the index") {
		t.Errorf("got %v", err)
	}
	left, _ := filepath.Glob(filepath.Join(m.options.Cache, "flink", "*"))
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestRunAfterAFailureGoesOnWithWhatIsMissing(t *testing.T) {
	m := newMachine(t)
	good, err := os.ReadFile(filepath.Join(m.bin, "npm"))
	m.must(err)
	m.client("npm", "mkdir -p node_modules/half; exit 1")
	if _, err := Ensure(t.Context(), m.options); err == nil {
		t.Fatal("the failure of npm was not noticed")
	}
	m.write("bin/npm", string(good))
	k, err := Ensure(t.Context(), m.options)
	m.must(err)
	if _, err := os.Stat(k.JSONata); err != nil {
		t.Error(err)
	}
}

func TestWhatADeadProcessLeftIsThrownAway(t *testing.T) {
	m := newMachine(t)
	half := filepath.Join(m.options.Cache, "s3-fs-hadoop", S3Version+".partial", "made")
	m.must(os.MkdirAll(half, 0o755))
	m.must(os.WriteFile(filepath.Join(half, "half.jar"), nil, 0o644))
	k, err := Ensure(t.Context(), m.options)
	m.must(err)
	if _, err := os.Stat(filepath.Join(k.S3Plugin, "half.jar")); err == nil {
		t.Error("half a part became part of a whole one")
	}
}

func TestTwoAtOnceMakeEachPartOnce(t *testing.T) {
	m := newMachine(t)
	m.options.Out = nil
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if _, err := Ensure(t.Context(), m.options); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	for client, want := range map[string]int{"go": 1, "make": 1, "python3": 2, "mvn": 3, "npm": 1} {
		if got := m.called(client); got != want {
			t.Errorf("%s was run %d times, not %d", client, got, want)
		}
	}
}

func TestChangedSourcesAreBuiltAgain(t *testing.T) {
	m := newMachine(t)
	first, err := Ensure(t.Context(), m.options)
	m.must(err)
	m.write("checkout/local/kube/main.go", "package main // changed\n")
	m.write("checkout/examples/java/counter/src/A.java", "class A { int b; }")
	second, err := Ensure(t.Context(), m.options)
	m.must(err)
	if first.Kube == second.Kube || m.called("make") != 2 {
		t.Error("the changed sluice-kube was not built")
	}
	if m.called("mvn") != 4 {
		t.Errorf("Maven was run %d times: once more was due, for the changed job", m.called("mvn"))
	}
}

func TestCancellingEndsTheClientsAndSaysSo(t *testing.T) {
	m := newMachine(t)
	started := filepath.Join(t.TempDir(), "started")
	m.must(syscall.Mkfifo(started, 0o600))
	m.client("make", "echo >"+started+"; exec sleep 600")
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the user pressed Ctrl-C")
	go func() {
		_, err := os.ReadFile(started) // returns when make has written to it
		cancel(errors.Join(why, err))
	}()
	if _, err := Ensure(ctx, m.options); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
}
