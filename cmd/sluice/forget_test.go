package main

import (
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

func TestForgetWaitsForTheReleaseInFlightAndForgetsOnce(t *testing.T) {
	app, now := flink.Application{Namespace: "team-a", Name: "fraud"}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := ledger.New(ledger.NewMemory())
	_, err := ledger.Update(t.Context(), s, app, func(d *ledger.Document) error {
		d.Current, d.Snapshots = "abc", []flink.Snapshot{{Path: "s3://data/sp"}}
		_, err := d.Take("execution", "r1", now, time.Minute)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := forget(t.Context(), s, app, now); flink.CodeOf(err) != flink.Conflict {
		t.Errorf("in flight: %v", err)
	}
	later := now.Add(time.Hour)
	if was, err := forget(t.Context(), s, app, later); err != nil || was != "abc" {
		t.Errorf("first: %q, %v", was, err)
	}
	if was, err := forget(t.Context(), s, app, later); err != nil || was != "" {
		t.Errorf("again: %q, %v", was, err)
	}
	if d, _, _ := s.Document(t.Context(), app); d.Current != "" || len(d.Snapshots) != 1 {
		t.Errorf("left %+v", d)
	}
}
