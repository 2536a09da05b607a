package hostile_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/test/stage"
)

// FuzzAnyEventEndsOnce sends events in which any field has any value, while a
// version runs. Each comes to one end, with one record at most, and what runs
// goes on or is replaced: a release afterwards finds a world it can work in.
func FuzzAnyEventEndsOnce(f *testing.F) {
	seeds := eventSeeds(f)
	for i := range seeds {
		f.Add(i, i, `null`)
		f.Add(i, 3*i, `{"a":[1e308]}`)
		f.Add(i, 5*i, `"../../\u001b[31m<&>"`)
	}
	f.Fuzz(func(t *testing.T, which, field int, value string) {
		if len(value) > maxPayload/2 || which < 0 || field < 0 {
			return
		}
		s := running(t, stage.Options{})
		before := len(s.Records())
		ended(t, s, s.Run(changed(t, seeds[which%len(seeds)], field, value)))
		if now := len(s.Records()); now > before+1 {
			t.Errorf("one event made %d records", now-before)
		}
		ended(t, s, s.Run(s.Upload(stage.App.String()+"/v2.jar", s.Jar("v2", targettest.Behaviour{}))))
		if d, _, err := s.Ledger.Document(t.Context(), stage.App); err != nil || d.Lease != nil {
			t.Errorf("the lease is left behind: %+v, %v", d.Lease, err)
		}
	})
}

// eventSeeds are the events that there are, about the application of the stage.
func eventSeeds(f *testing.F) []string {
	f.Helper()
	files, err := filepath.Glob("../../testevents/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("there are no events to begin with: %v", err)
	}
	var seeds []string
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		seeds = append(seeds, strings.NewReplacer("sluice-artifacts", stage.ArtifactBucket, "fraud", stage.App.Name).Replace(string(body)))
	}
	for _, change := range []string{"Upgrade", "Restart", "Rollback", "Redeploy", "Scale", "Suspend", "Resume", "Delete", "Adopt", "Cancel"} {
		seeds = append(seeds, `{"source":"sluice","detail-type":"Sluice Change Requested","time":"2026-11-21T04:00:00Z","detail":{"request":"r-12345678","namespace":"team-a","application":"counter","change":"`+change+
			`","by":"ann","why":"because","automatic":false,"revision":"","snapshot":"","parallelism":3,"dryRun":false,"abandonState":true,"release":"","prefix":""}}`)
	}
	return seeds
}

// changed is the event with one of its fields given a value: any JSON, or else a text.
func changed(t *testing.T, event string, field int, value string) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(event), &v); err != nil {
		t.Fatal(err)
	}
	var with any = value
	_ = json.Unmarshal([]byte(value), &with)
	set := setters(v)
	set[field%len(set)](with)
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// setters are the fields of a document, each as a function that gives it a value.
func setters(v any) []func(any) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	var all []func(any)
	for _, k := range slices.Sorted(maps.Keys(m)) {
		all = append(all, func(with any) { m[k] = with })
		all = append(all, setters(m[k])...)
	}
	return all
}
