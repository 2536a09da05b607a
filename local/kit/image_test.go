package kit

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var golden = flag.Bool("update", false, "write the golden files anew")

func TestImageFileIsTheGoldenOne(t *testing.T) {
	scratch := t.TempDir()
	text, err := Images(&Kit{
		FlinkHome: "/cache/flink/1", OperatorHome: "/cache/operator/1", S3Plugin: "/cache/s3/1", JavaHome: "/java",
	}, scratch)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(string(text), scratch, "/scratch") + "\n"
	file := filepath.Join("testdata", "images.golden.json")
	if *golden {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the image file is now:\n%s", got)
	}
}

func TestFlinkEntrypointStartsEachRole(t *testing.T) {
	for args, want := range map[string]string{
		"jobmanager a b":           "jobmanager.sh start-foreground a b",
		"taskmanager":              "taskmanager.sh start-foreground",
		"standalone-job --jars x":  "standalone-job.sh start-foreground --jars x",
		"bash -c echo${IFS}native": "native",
	} {
		home := t.TempDir()
		for _, role := range []string{"jobmanager", "taskmanager", "standalone-job"} {
			script(t, filepath.Join(home, "bin", role+".sh"), `echo "$(basename "$0") $*"`)
		}
		if got := runScript(t, flinkEntrypoint, []string{"FLINK_HOME=" + home}, strings.Fields(args)...); got != want {
			t.Errorf("%s: %q, want %q", args, got, want)
		}
	}
}

func TestOperatorEntrypointPutsTheStandaloneJarFirst(t *testing.T) {
	bin := t.TempDir()
	script(t, filepath.Join(bin, "java"), `echo "$*"`)
	env := []string{"PATH=" + bin + ":/usr/bin:/bin", "OPERATOR_VERSION=1.7.0"}
	for _, args := range [][]string{nil, {"operator"}} {
		got := runScript(t, operatorEntrypoint, env, args...)
		if !strings.Contains(got, "-cp /opt/operator/lib/flink-kubernetes-standalone-1.7.0.jar:") || !strings.HasSuffix(got, ".FlinkOperator") {
			t.Errorf("with %q java was run with %q", args, got)
		}
	}
}

func TestJavaOptionsAreThoseOfTheDistribution(t *testing.T) {
	k := &Kit{FlinkHome: t.TempDir()}
	script(t, filepath.Join(k.FlinkHome, "conf", "config.yaml"), "")
	if _, err := JavaOptions(k); err == nil {
		t.Error("a configuration without them was accepted")
	}
	conf := "env:\n  java:\n    opts:\n      all: --add-opens=a/b=ALL-UNNAMED --add-opens=c/d=ALL-UNNAMED\n"
	if err := os.WriteFile(filepath.Join(k.FlinkHome, "conf", "config.yaml"), []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := JavaOptions(k); err != nil || got != "--add-opens=a/b=ALL-UNNAMED --add-opens=c/d=ALL-UNNAMED" {
		t.Errorf("got %q, %v", got, err)
	}
}

func script(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

func runScript(t *testing.T, text []byte, env []string, args ...string) string {
	t.Helper()
	path, err := writeScript(t.TempDir(), "entrypoint.sh", text)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}
