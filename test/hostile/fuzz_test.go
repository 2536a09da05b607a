package hostile_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/test/stage"
)

// FuzzAnyEventEndsOnce sends any JSON to the machine, while a version runs. It
// comes to one end, with one record at most, and what runs goes on or is
// replaced: a second release afterwards finds a world it can work in.
func FuzzAnyEventEndsOnce(f *testing.F) {
	files, err := filepath.Glob("../../testevents/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("there are no events to begin with: %v", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(strings.NewReplacer("sluice-artifacts", stage.ArtifactBucket, "fraud", stage.App.Name).Replace(string(body)))
	}
	for _, change := range []string{"Upgrade", "Restart", "Rollback", "Redeploy", "Scale", "Suspend", "Resume", "Delete", "Adopt", "Cancel"} {
		f.Add(`{"source":"sluice","detail-type":"Sluice Change Requested","time":"2026-11-21T04:00:00Z","detail":{"request":"r-12345678","namespace":"team-a","application":"counter","change":"` + change +
			`","by":"ann","why":"because","revision":"","snapshot":"s3://data/team-a/counter/savepoints/x","parallelism":3,"dryRun":true,"abandonState":true,"release":"x","prefix":"_plan/x/"}}`)
	}
	f.Fuzz(func(t *testing.T, event string) {
		if !json.Valid([]byte(event)) || len(event) > maxPayload {
			return // no execution starts with it
		}
		s := running(t, stage.Options{})
		before := len(s.Records())
		ended(t, s, s.Run([]byte(event)))
		if now := len(s.Records()); now > before+1 {
			t.Errorf("one event made %d records", now-before)
		}
		ended(t, s, s.Run(s.Upload(stage.App.String()+"/v2.jar", s.Jar("v2", targettest.Behaviour{}))))
		if d, _, err := s.Ledger.Document(t.Context(), stage.App); err != nil || d.Lease != nil {
			t.Errorf("the lease is left behind: %+v, %v", d.Lease, err)
		}
	})
}
