package asltest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Validate fails the test with what asl-validator has against the definition.
// It skips the test when node_modules/.bin/asl-validator is in no directory
// from the working directory up, or when there is no node to run it.
func Validate(t testing.TB, definition []byte) {
	t.Helper()
	program := find(t)
	file := filepath.Join(t.TempDir(), "definition.asl.json")
	if err := os.WriteFile(file, definition, 0o600); err != nil {
		t.Fatal(err)
	}
	output, err := exec.CommandContext(t.Context(), program, "--json-path", file).CombinedOutput()
	if err != nil {
		t.Errorf("asl-validator: %v\n%s", err, output)
	}
}

func find(t testing.TB) string {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed: asl-validator was not run")
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		program := filepath.Join(dir, "node_modules", ".bin", "asl-validator")
		if _, err := os.Stat(program); err == nil {
			return program
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Skip("node_modules/.bin/asl-validator was not found: run `make setup` to have definitions validated")
		}
		dir = parent
	}
}
