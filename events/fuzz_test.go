package events_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/sluice-flink/sluice/events"
)

// FuzzAnyEventIsReadOrRefused gives envelope and every reader of a detail the
// same bytes. What is read is read again from what it is written as.
func FuzzAnyEventIsReadOrRefused(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := events.Parse(body)
		if err != nil {
			return
		}
		if e.Source == "" || e.DetailType == "" || len(e.Detail) == 0 {
			t.Errorf("an event without source, type or detail was taken: %.200s", body)
		}
		written, err := json.Marshal(e)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := events.Parse(written)
		if err != nil || again.DetailType != e.DetailType || again.ID != e.ID || !again.Time.Equal(e.Time) {
			t.Errorf("%.300s\nis read again as %+v, %v", written, again, err)
		}
		created(t, e)
		requested(t, e)
		changed(t, e)
		alarmed(t, e)
	})
}

func created(t *testing.T, e events.Event) {
	t.Helper()
	d, known, err := events.ObjectCreated(e)
	switch {
	case err != nil && !known:
		t.Errorf("an event that is not known is an error: %v", err)
	case known && err == nil && (d.Bucket.Name == "" || d.Object.Key == ""):
		t.Errorf("an object without bucket or key was taken: %s", e.Detail)
	}
}

func requested(t *testing.T, e events.Event) {
	t.Helper()
	if d, known, err := events.ChangeRequested(e); err != nil && !known {
		t.Errorf("an event that is not known is an error: %v", err)
	} else if known && err == nil {
		if _, err := json.Marshal(d); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
	}
}

func changed(t *testing.T, e events.Event) {
	t.Helper()
	d, known, err := events.ExecutionChanged(e)
	switch {
	case err != nil && !known:
		t.Errorf("an event that is not known is an error: %v", err)
	case known && err == nil && (d.ExecutionArn == "" || d.StateMachineArn == "" || d.Status == ""):
		t.Errorf("an execution without a name, a machine or a status was taken: %s", e.Detail)
	}
}

func alarmed(t *testing.T, e events.Event) {
	t.Helper()
	d, known, err := events.AlarmStateChanged(e)
	switch {
	case err != nil && !known:
		t.Errorf("an event that is not known is an error: %v", err)
	case known && err == nil && (d.AlarmName == "" || d.State.Value == "" || d.At(e).IsZero() && !e.Time.IsZero()):
		t.Errorf("an alarm without name, state or time was taken: %s", e.Detail)
	case known && err == nil:
		_, _, _ = d.Dimensions(), d.Triggers(), d.OfManySeries()
	}
}

// seeds adds every event that there is, whole and cut short.
func seeds(f *testing.F) {
	f.Helper()
	files, err := filepath.Glob("../testevents/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("there are no events to begin with: %v", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
		f.Add(body[:len(body)*2/3])
		f.Add(bytes.ReplaceAll(body, []byte(`"Object Created"`), []byte(`"`+events.ChangeRequestedType+`"`)))
	}
	for _, odd := range []string{
		`null`, `[]`, `""`, `{"source":1}`, `{"source":"aws.s3","detail-type":"Object Created","detail":null}`,
		`{"source":"aws.s3","detail-type":"Object Created","detail":{"bucket":{"name":"b"},"object":{"key":"k","size":1e999}}}`,
		`{"source":"aws.s3","detail-type":"Object Created","time":"9999-99-99T00:00:00Z","detail":{}}`,
		`{"source":"sluice","detail-type":"Sluice Change Requested","detail":{"request":"r","parallelism":1e99}}`,
	} {
		f.Add([]byte(odd))
	}
	f.Add(bytes.Repeat([]byte(`{"detail":`), 20_000))
}
