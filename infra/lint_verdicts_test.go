package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// verdicts remembers which templates cfn-lint found nothing in, as go test
// remembers tests that passed: it takes longer than all other tests together. A
// template is known by its content, and by cfn-lint's version and arguments. What
// it found something in is asked again.
type verdicts struct{ dir, asked string }

// kept is how long a verdict is remembered that nobody asked for.
const kept = 30 * 24 * time.Hour

func openVerdicts(t *testing.T, version string, arguments []string) verdicts {
	t.Helper()
	v := verdicts{dir: filepath.Join(cacheDir(t), "cfn-lint"), asked: version + strings.Join(arguments, " ")}
	if err := os.MkdirAll(v.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	v.forget(t)
	return v
}

// cacheDir is where the local plane keeps its parts, too.
func cacheDir(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("SLUICE_CACHE"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return t.TempDir() // an account without a home lints every time
	}
	return filepath.Join(dir, "sluice")
}

func (v verdicts) has(t *testing.T, file string) bool {
	t.Helper()
	now := time.Now()
	return os.Chtimes(v.name(t, file), now, now) == nil
}

func (v verdicts) add(t *testing.T, file string) {
	t.Helper()
	if err := os.WriteFile(v.name(t, file), nil, 0o600); err != nil {
		t.Error(err)
	}
}

func (v verdicts) name(t *testing.T, file string) string {
	t.Helper()
	template, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(v.dir, fmt.Sprintf("%x", sha256.Sum256(append([]byte(v.asked), template...))))
}

func (v verdicts) forget(t *testing.T) {
	t.Helper()
	entries, err := os.ReadDir(v.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > kept {
			_ = os.Remove(filepath.Join(v.dir, e.Name())) // another run may have been faster
		}
	}
}

func TestATemplateIsLintedAgainWhenItOrTheLinterChanged(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	for file, content := range map[string]string{one: "{}", two: "{ }"} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	passed := verdicts{dir: dir, asked: "cfn-lint 1.58.0"}
	passed.add(t, one)
	newer := verdicts{dir: dir, asked: "cfn-lint 1.59.0"}
	if !passed.has(t, one) || passed.has(t, two) || newer.has(t, one) {
		t.Errorf("of one, another and a newer linter's it knows %t, %t, %t, want only the first", passed.has(t, one), passed.has(t, two), newer.has(t, one))
	}
}
