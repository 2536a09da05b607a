package eks

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"

	"github.com/sluice-flink/sluice/internal/flink"
)

var golden = flag.Bool("update", false, "write the golden files anew")

// A golden file has the manifest, what is desired of it, and either what is
// written with its notes or the error.
type desiredFile struct {
	Operator   Operator
	Exists     bool
	Nonce      int64
	Run        flink.RunState
	Restore    flink.Restore
	Delivery   flink.Delivery
	EntryClass string
	NoJar      bool // the revision has no jar of its own
}

func TestManifestsAreRenderedAsTheGoldenFilesSay(t *testing.T) {
	files, err := filepath.Glob("testdata/render/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { renderGolden(t, file) })
	}
}

func renderGolden(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string][]byte{}
	for _, f := range archive.Files {
		sections[f.Name] = f.Data
	}
	var want desiredFile
	var manifest map[string]any
	for name, into := range map[string]any{"desired.yaml": &want, "manifest.yaml": &manifest} {
		if err := yaml.Unmarshal(sections[name], into); err != nil {
			t.Fatal(err)
		}
	}
	got := rendered(t, want, manifest)
	if *golden {
		archive.Files = append(archive.Files[:0:0], txtar.File{Name: "desired.yaml", Data: sections["desired.yaml"]},
			txtar.File{Name: "manifest.yaml", Data: sections["manifest.yaml"]})
		for _, name := range []string{"written.yaml", "notes.txt", "error.txt"} {
			if got[name] != "" {
				archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(got[name])})
			}
		}
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, name := range []string{"written.yaml", "notes.txt", "error.txt"} {
		if got[name] != string(sections[name]) {
			t.Errorf("%s is\n%s\nwant\n%s", name, got[name], sections[name])
		}
	}
}

func rendered(t *testing.T, f desiredFile, manifest map[string]any) map[string]string {
	t.Helper()
	before, err := decoded(manifest)
	if err != nil {
		return map[string]string{"error.txt": err.Error() + "\n"}
	}
	sha := strings.Repeat("0123456789abcdef", 4)
	jar := flink.PinnedJar{Bucket: "artifacts", Key: flink.JarKey(sha), SHA256: sha, File: "fraud.jar", EntryClass: f.EntryClass}
	want := jar.URI()
	if f.NoJar {
		jar, want = flink.PinnedJar{}, delivered(mapping(before, "spec"))
	}
	r, err := Render(flink.Desired{
		Application: flink.Application{Namespace: "team-a", Name: "fraud"},
		Revision:    flink.Revision{ID: "0a1b2c3d4e5f", Manifest: manifest, Jar: jar},
		Run:         f.Run, Restore: f.Restore, Delivery: f.Delivery, Fence: 7, Release: "rel-1", Step: "apply",
	}, Situation{Operator: f.Operator, Exists: f.Exists, Nonce: f.Nonce})
	if !reflect.DeepEqual(before, must(decoded(manifest))) {
		t.Error("rendering changed the manifest")
	}
	if err != nil {
		return map[string]string{"error.txt": string(flink.CodeOf(err)) + ": " + err.Error() + "\n"}
	}
	written, err := yaml.Marshal(r.Object)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{"written.yaml": string(written)}
	if len(r.Notes) > 0 {
		got["notes.txt"] = strings.Join(r.Notes, "\n") + "\n"
	}
	if jar := delivered(mapping(r.Object, "spec")); jar != want {
		t.Errorf("the jar that was rendered is read back as %q", jar)
	}
	return got
}

func must(m map[string]any, _ error) map[string]any { return m }
