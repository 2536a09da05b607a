package task

import (
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// record is what is kept of the release for good.
func (r *Release) record(now time.Time) ledger.Record {
	rec := ledger.Record{
		ID: r.ID, Application: r.Application, Execution: r.Execution, Event: r.Event,
		Trigger: "s3://" + r.Artifact.Bucket + "/" + r.Artifact.Key, Started: r.Started, Ended: now,
		Outcome: r.Outcome, Reason: r.Reason, Message: r.Message,
		Revision: r.Revision, Previous: r.Previous, Jar: r.Jar, Plan: r.Plan, Notes: r.Notes,
		Restored: r.Watch.RestoredFrom, Rollback: r.Rollback, Verdict: r.Verdict, RunningAt: r.Watch.RunningAt, Timeline: r.Timeline,
	}
	if r.Artifact.Version != "" {
		rec.Trigger += "?versionId=" + r.Artifact.Version
	}
	if rec.Jar == "" && r.Artifact.Kind == flink.Jar {
		rec.Jar = r.Artifact.File
	}
	for _, s := range []*flink.Snapshot{r.Insurance, r.Stopped} {
		if s != nil {
			rec.Snapshots = append(rec.Snapshots, *s)
		}
	}
	if r.Stopped != nil {
		rec.StoppedAt = r.Stopped.Taken
	}
	return rec
}

// baseName is the last part of a key or a path.
func baseName(p string) string {
	p = strings.TrimRight(p, "/")
	return p[strings.LastIndexByte(p, '/')+1:]
}
