package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/savepoint"
)

// real lays a savepoint that a real Flink wrote at a path.
func real(t *testing.T, dir, path string) *savepoint.Memory {
	t.Helper()
	objects := savepoint.NewMemory()
	names, err := filepath.Glob(filepath.Join("../../internal/savepoint/testdata", dir, "state", "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("there are no state files of %s: %v", dir, err)
	}
	to, err := savepoint.ParsePath(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, filepath.Join("../../internal/savepoint/testdata", dir, "_metadata")) {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		objects.Put(savepoint.Location{Bucket: to.Bucket, Key: to.Key + "/" + filepath.Base(name)}, body, time.Time{})
	}
	return objects
}

func TestASavepointIsInspected(t *testing.T) {
	const path = "s3://state/savepoints/savepoint-1"
	i := memory(t, nil)
	objects := real(t, "2.2.0/heap-native", path)
	i.States = objects
	code, out, errs := call(t, i, "inspect", path, "--files")
	if code != exitWell || errs != "" {
		t.Errorf("exit %d, %s", code, errs)
	}
	golden(t, "inspect", out)

	_, out, _ = call(t, i, "inspect", path, "-o", "json")
	var answer inspection
	if err := json.Unmarshal([]byte(out), &answer); err != nil || len(answer.Files) != 3 || answer.ID != savepoint.ID(path) || len(answer.Metadata.Operators) == 0 {
		t.Errorf("%v: %s", err, out)
	}

	lost := objects.Keys("state", "savepoints/savepoint-1/")[1:2]
	if err := objects.Delete(t.Context(), "state", lost); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := call(t, i, "inspect", path); code != exitFault || !strings.Contains(out, lost[0]) || !strings.Contains(out, "is missing") {
		t.Errorf("exit %d: %s", code, out)
	}
}

func TestWhatIsNoSavepointIsToldByInspect(t *testing.T) {
	i := memory(t, nil)
	i.States = savepoint.NewMemory()
	for path, want := range map[string]int{"hdfs://x/y": exitUsage, "s3://state/none": exitFault} {
		if code, out, errs := call(t, i, "inspect", path); code != want || out != "" || !strings.HasPrefix(errs, "sluice: ") {
			t.Errorf("%s: exit %d, out %q, err %q", path, code, out, errs)
		}
	}
}
