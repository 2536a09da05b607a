package task

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
)

func eventFiles(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("../../testevents/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no events: %v", err)
	}
	bodies := map[string][]byte{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		bodies[filepath.Base(file)] = body
	}
	return bodies
}

func TestAnEventThatIsKeptMeansTheSame(t *testing.T) {
	for name, body := range eventFiles(t) {
		t.Run(name, func(t *testing.T) { sameEvent(t, body) })
	}
}

func TestOfAnEventOnlyWhatIsKnownIsKept(t *testing.T) {
	const planted = "hunter2-Tr0ub4dor"
	body := `{"source":"sluice","detail-type":"Sluice Change Requested","resources":["` + planted + `"],"extra":"` + planted + `",
		"detail":{"request":"r-12345678","namespace":"team-a","application":"counter","change":"Restart","why":"password=` + planted + `","more":["` + planted + `"]}}`
	kept := string(keptEvent(json.RawMessage(body)))
	if strings.Contains(kept, planted) || !strings.Contains(kept, `"why":"password=***"`) || !strings.Contains(kept, `"request":"r-12345678"`) {
		t.Errorf("kept is %s", kept)
	}
}

func FuzzAKeptEventIsSmallAndMeansTheSame(f *testing.F) {
	for _, body := range eventFiles(f) {
		f.Add(body)
	}
	f.Add([]byte(`"not an event"`))
	f.Add([]byte(`{"source":"aws.s3","detail-type":"Object Created","detail":{"bucket":{"name":"b"},"object":{"key":"` + strings.Repeat("k", maxEvent) + `"}}}`))
	f.Add([]byte(`{"source":"x","detail-type":"y","detail":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`))
	f.Fuzz(func(t *testing.T, body []byte) { sameEvent(t, body) })
}

// sameEvent: kept is JSON, bounded, kept again the same, and is the same object.
func sameEvent(t *testing.T, body []byte) {
	t.Helper()
	kept := keptEvent(body)
	if !json.Valid(kept) || len(kept) > maxEvent {
		t.Fatalf("%.200q is kept as %d bytes: %.200s", body, len(kept), kept)
	}
	if again := keptEvent(kept); !bytes.Equal(again, kept) {
		t.Errorf("%s\nis kept again as %s", kept, again)
	}
	before, after := identity(body), identity(kept)
	if before != after && len(body) < maxEvent {
		t.Errorf("%+v became %+v", before, after)
	}
}

// named is what an event says of the object version and the release that it starts.
type named struct {
	release  string
	artifact flink.Artifact
	ref      ArtifactRef
	etag     string
}

func identity(body []byte) named {
	e, err := events.Parse(body)
	if err != nil {
		return named{}
	}
	d, known, err := events.ObjectCreated(e)
	if !known || err != nil {
		return named{}
	}
	f := admission{}
	f.identify(e, d)
	return named{release: f.release, artifact: f.artifact, ref: f.ref, etag: f.etag}
}
