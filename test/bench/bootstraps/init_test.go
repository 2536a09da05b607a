package bootstraps

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/boot"
)

func program(t *testing.T, script string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAProgramThatEndsBeforeItAsksSaysWhy(t *testing.T) {
	_, err := initTime(t.Context(), program(t, "echo SLUICE_LEDGER_BUCKET is not set >&2; exit 1\n"), nil)
	if err == nil || !strings.Contains(err.Error(), "SLUICE_LEDGER_BUCKET is not set") {
		t.Errorf("got %v", err)
	}
}

func TestEveryFunctionStartsInTheEnvironment(t *testing.T) {
	env, err := environment(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, variable := range env {
		name, value, _ := strings.Cut(variable, "=")
		values[name] = value
	}
	for _, f := range functions.Catalogue() {
		if _, err := boot.Read(f, func(name string) string { return values[name] }); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

func TestTheZipIsThatOfOneBootstrap(t *testing.T) {
	n, err := zipped(program(t, strings.Repeat("the same again and again\n", 10_000)))
	if err != nil || n < 100 || n > 10_000 {
		t.Errorf("%d bytes, %v", n, err)
	}
}
