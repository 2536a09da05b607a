package manifest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Every archive holds an application.yaml, and the layers that lie under it.
func TestLayersAreHeldAgainstOneAnother(t *testing.T) {
	files, err := filepath.Glob("testdata/layers/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSpace(string(a.Comment)), func(t *testing.T) {
			got := txtar.Archive{Comment: a.Comment}
			docs := map[string][]byte{}
			for _, f := range a.Files {
				if strings.HasSuffix(f.Name, ".yaml") {
					docs[f.Name] = f.Data
					got.Files = append(got.Files, f)
				}
			}
			got.Files = append(got.Files, txtar.File{Name: "said", Data: []byte(layered(docs))})
			if *update {
				if err := os.WriteFile(file, txtar.Format(&got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if g, w := string(txtar.Format(&got)), string(txtar.Format(a)); g != w {
				t.Errorf("%s differs; look at it and run go test -update\ngot:\n%s\nwant:\n%s", file, g, w)
			}
		})
	}
}

// layered is what comes of the documents, in words.
func layered(docs map[string][]byte) string {
	platform, err := layerOf(docs["platform.yaml"], PlatformKey())
	if err != nil {
		return err.Error() + "\n"
	}
	namespace, err := layerOf(docs["namespace.yaml"], NamespaceKey(fraud.Namespace))
	if err != nil {
		return err.Error() + "\n"
	}
	m, err := Parse(docs["application.yaml"], fraud, placeholders, platform, namespace)
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	for _, s := range m.Settings {
		if s.Source == FromDefault && s.Locked == "" {
			continue
		}
		fmt.Fprintf(&b, "%s: %s, from %s", s.Path, Written(s.Value), s.Source)
		if s.Locked != "" {
			fmt.Fprintf(&b, ", locked by %s", s.Locked)
		}
		b.WriteString("\n")
	}
	for _, n := range m.Notes {
		b.WriteString("note: " + n + "\n")
	}
	return b.String()
}

func layerOf(doc []byte, name string) (*Layer, error) {
	if doc == nil {
		return nil, nil
	}
	return ParseLayer(doc, name)
}

func TestALayersKeyIsNoApplicationsKey(t *testing.T) {
	seen := map[string]bool{}
	for _, key := range []string{PlatformKey(), NamespaceKey("policy"), NamespaceKey("team-a")} {
		if _, err := flink.ParseKey(key); err == nil || !IsLayerKey(key) || seen[key] {
			t.Errorf("%s could be an application's, or another layer's", key)
		}
		seen[key] = true
	}
	if IsLayerKey(fraud.ManifestKey()) {
		t.Error("an application's manifest counts as a layer")
	}
}

func TestALayersKindIsThatOfItsKey(t *testing.T) {
	for _, c := range []struct {
		name, kind string
		taken      bool
	}{
		{PlatformKey(), platformKind, true},
		{PlatformKey(), namespaceKind, false},
		{"s3://artifacts/" + PlatformKey(), platformKind, true},
		{"s3://artifacts/" + PlatformKey(), namespaceKind, false},
		{NamespaceKey("policy"), namespaceKind, true},
		{"s3://artifacts/" + NamespaceKey("team-a"), platformKind, false},
		{"team-a.yaml", namespaceKind, true},
		{"my_platform/policy.yaml", namespaceKind, true},
	} {
		_, err := ParseLayer([]byte("apiVersion: sluice/v1alpha1\nkind: "+c.kind+"\nspec: {}\n"), c.name)
		if (err == nil) != c.taken {
			t.Errorf("%s at %s: %v", c.kind, c.name, err)
		}
	}
}

func TestLayersComeInTheirOrder(t *testing.T) {
	read := func(kind string) *Layer {
		l, err := ParseLayer([]byte("apiVersion: sluice/v1alpha1\nkind: "+kind+"\nspec: {}\n"), kind)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	platform, namespace := read(platformKind), read(namespaceKind)
	doc := []byte(example(t, "good/plain"))
	for name, c := range map[string]struct {
		layers []*Layer
		good   bool
	}{
		"none":                {nil, true},
		"none that are there": {[]*Layer{nil, nil}, true},
		"both":                {[]*Layer{platform, namespace}, true},
		"one":                 {[]*Layer{nil, namespace}, true},
		"the wrong way":       {[]*Layer{namespace, platform}, false},
		"one twice":           {[]*Layer{platform, platform}, false},
	} {
		_, err := Parse(doc, fraud, placeholders, c.layers...)
		if (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestABrokenLayerSaysWhoseItIs(t *testing.T) {
	_, err := ParseLayer([]byte("kind: PlatformPolicy\nspec: {defaults: {bakeTime: long}}\n"), PlatformKey())
	var faults *Faults
	if !errors.As(err, &faults) || flink.CodeOf(err) != flink.Invalid || faults.File != PlatformKey() || len(faults.List) != 2 {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{PlatformKey(), "whoever runs the platform has to mend it"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %s", want, err)
		}
	}
}

// FuzzParseLayer: whatever the bytes, there is an answer, and a layer that was
// taken can be laid under an application.
func FuzzParseLayer(f *testing.F) {
	files, err := filepath.Glob("testdata/layers/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, doc := range a.Files {
			f.Add(doc.Data)
		}
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		l, err := ParseLayer(doc, "layer.yaml")
		if err == nil {
			_, err = Explain(fraud, placeholders, l)
		}
		if err != nil && (flink.CodeOf(err) != flink.Invalid || len(err.Error()) > 1<<20) {
			t.Fatalf("code %s, %d bytes of error", flink.CodeOf(err), len(err.Error()))
		}
	})
}
