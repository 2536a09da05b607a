package task

import (
	"context"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// timetable is what the ledger says of when an application was last saved.
// What outlived the policy is told by the directories that savepoints lie in.
func timetable(d *ledger.Document, policy flink.Snapshots, now time.Time, asked bool, directories []string) flink.Timetable {
	t := flink.Timetable{Application: d.Application, Every: policy.Every, Now: now, Asked: asked, Idle: idle(d), Outlived: outlived(d, policy, now, directories)}
	for _, s := range d.Snapshots {
		if s.Sound() && s.Kind != flink.CheckpointSnapshot && s.Kind != flink.AdoptedSnapshot && s.Taken.After(t.Newest) {
			t.Newest = s.Taken
		}
	}
	if n := len(d.History); n > 0 {
		t.Since = d.History[n-1].At
	}
	if d.Rotated != nil {
		t.Tried = d.Rotated.At
	}
	return t
}

// idle is why there is nothing to save; empty when there may be.
func idle(d *ledger.Document) string {
	switch {
	case d.Deleted != nil:
		return "the application was deleted"
	case d.Current == "":
		return "nothing that Sluice has released runs"
	case d.Suspended != nil:
		return "the job was suspended on purpose"
	}
	return ""
}

// outlived tells whether there is a snapshot that has to go, as far as the ledger
// knows. Retire, which asks the cluster, may find otherwise.
func outlived(d *ledger.Document, policy flink.Snapshots, now time.Time, directories []string) bool {
	if d.Circuit != nil || len(directories) == 0 {
		return false
	}
	h := flink.Holdings{Now: now, Policy: policy, Snapshots: d.Snapshots, References: references(d), Good: goodRevisions(d), Directories: directories}
	for _, r := range flink.DecideRetention(h) {
		if r.Retire {
			return true
		}
	}
	return false
}

// nothingByAge is the policy of an application whose own cannot be read: a
// removal that was begun is finished, for which none is needed, and nothing else
// goes. The hundred years pass through JSONata, whose numbers are doubles, unchanged.
var nothingByAge = flink.Snapshots{Keep: flink.MaxSnapshots, MaxAge: 100 * 365 * 24 * time.Hour}

// outlivedDirectories are the directories of an application that may have
// something to retire. They stand in its revisions, which are read only where
// there would be something if all that is known lay in them.
func (t Tasks) outlivedDirectories(ctx context.Context, d *ledger.Document, policy flink.Snapshots) ([]string, error) {
	now := t.Clock.Now()
	var anywhere []string
	for _, s := range d.Snapshots {
		anywhere = append(anywhere, dirName(s.Path))
	}
	if !outlived(d, policy, now, anywhere) {
		return nil, nil
	}
	return t.directories(ctx, d, policy, now)
}

// overlaps tells whether another rotation of the application is at work.
func overlaps(d *ledger.Document, r *Rotation, now time.Time) bool {
	return d.Held(now) && d.Lease.For == ledger.ForRotation && !d.Lease.Of(r.Execution, r.ID)
}

// hindrance is why an application's savepoints are not rotated now; empty when
// they can be.
func hindrance(d *ledger.Document, r *Rotation, now time.Time) string {
	own := d.Lease.Of(r.Execution, r.ID)
	switch l := d.Lease; {
	case l != nil && !own && d.Held(now):
		return "release " + l.Release + " is in flight"
	case l != nil && !own && l.For != ledger.ForRotation:
		return fmt.Sprintf("release %s holds it, and nothing was heard of that since %s: it has to be finished first", l.Release, l.Expires.Add(-leaseTerm).UTC().Format(time.RFC3339))
	case d.Pending != nil:
		return "the change " + d.Pending.ID + " waits"
	case d.Incident != nil:
		return "the incident " + d.Incident.ID + " is open"
	case d.Applied != "":
		return "revision " + d.Applied + " was written and never seen to be good"
	case d.Down != nil:
		return "it was stopped by release " + d.Down.Release + ", and no version was seen running since"
	}
	return ""
}

// dirName is the directory that a path lies in.
func dirName(p string) string {
	base := baseName(p)
	for len(p) > 0 && p[len(p)-1] == '/' {
		p = p[:len(p)-1]
	}
	return p[:max(0, len(p)-len(base)-1)]
}
