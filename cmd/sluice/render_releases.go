package main

import (
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// inFlight is a release that has not ended, or a change that waits for one.
type inFlight struct {
	Application flink.Application `json:"application"`
	Release     string            `json:"release"`
	Since       time.Time         `json:"since"`
	Waits       bool              `json:"waits"`               // for the release in flight
	Parked      string            `json:"parked,omitempty"`    // what it waits for without one, in words
	Cancelled   bool              `json:"cancelled,omitempty"` // somebody asked that it be called off
	Expires     time.Time         `json:"expires,omitzero"`
}

// flights lists what the documents hold that has not ended.
func flights(docs []ledger.Document) []inFlight {
	all := []inFlight{}
	for _, d := range docs {
		if l := d.Lease; l != nil {
			all = append(all, inFlight{Application: d.Application, Release: l.Release, Since: l.Taken, Expires: l.Expires, Cancelled: l.Cancel != nil})
		}
		if c := d.Pending; c != nil {
			all = append(all, inFlight{Application: d.Application, Release: c.ID, Since: c.Since, Waits: true})
		}
		if k := d.Parked; k != nil {
			all = append(all, inFlight{Application: d.Application, Release: k.ID, Since: k.Since, Parked: parked(*k)})
		}
	}
	return all
}

func renderReleases(a releasesAnswer) string {
	if len(a.Releases) == 0 && len(a.InFlight) == 0 {
		return "There is no release yet.\n"
	}
	text := ""
	if len(a.Releases) > 0 {
		rows := [][]string{{"STARTED", "APPLICATION", "RELEASE", "CHANGE", "JAR", "OUTCOME", "REASON", "DOWNTIME", "STATE RESTORED"}}
		for _, r := range a.Releases {
			rows = append(rows, []string{clock(r.Started), r.Application.String(), r.ID, changeOf(r), orDash(r.Jar), string(r.Outcome), string(r.Reason), downtime(r), restored(r)})
		}
		text = table(rows)
	}
	for _, f := range a.InFlight {
		text += fmt.Sprintf("%s: %s\n", f.Application, f.how())
	}
	return text
}

func (f inFlight) how() string {
	switch {
	case f.Parked != "":
		return f.Parked
	case f.Waits:
		return fmt.Sprintf("release %s waits for the release in flight since %s", f.Release, clock(f.Since))
	case f.Cancelled:
		return fmt.Sprintf("release %s is in flight since %s and is being called off", f.Release, clock(f.Since))
	}
	return fmt.Sprintf("release %s is in flight since %s", f.Release, clock(f.Since))
}

func downtime(r ledger.Record) string {
	d, any := r.Downtime()
	if !any {
		return "-"
	}
	return lasted(d)
}

// restored says which state what runs now was seen to restore.
func restored(r ledger.Record) string {
	switch {
	case r.Restored == "" && r.RunningAt.IsZero() && r.StoppedAt.IsZero():
		return "-" // nothing was stopped or started
	case r.Restored == "" && r.RunningAt.IsZero():
		return "not seen"
	case r.Restored == "":
		return "none, started empty"
	}
	for _, s := range r.Snapshots {
		if s.Kind == "Stop" && flink.SamePath(s.Path, r.Restored) {
			return base(r.Restored) + " (exact)"
		}
	}
	if n := len(r.Rollback); n > 0 && r.Rollback[n-1].Restore.Kind == flink.RestoreLatest {
		return base(r.Restored) + " (of the failed version)"
	}
	return base(r.Restored)
}
