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
		Trigger: r.trigger(), Started: r.Started, Ended: now,
		Outcome: r.Outcome, Reason: r.Reason, Message: r.Message,
		Revision: r.Revision, Previous: r.Previous, Jar: r.Jar, Plan: r.Plan, Notes: r.Notes,
		Restored: r.Watch.RestoredFrom, Rollback: r.Rollback, Verdict: r.Verdict, RunningAt: r.Watch.RunningAt, Timeline: r.Timeline,
	}
	if r.Change.Kind != "" {
		rec.Change = &r.Change
	}
	if r.Approval != nil {
		rec.Approval = &r.Approval.Answer
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

// trigger is the upload that asked for the release; empty when none did.
func (r *Release) trigger() string {
	if r.Artifact.Key == "" {
		return ""
	}
	t := "s3://" + r.Artifact.Bucket + "/" + r.Artifact.Key
	if r.Artifact.Version != "" {
		t += "?versionId=" + r.Artifact.Version
	}
	return flink.Foreign(t, 2*flink.MaxAddress)
}

// baseName is the last part of a key or a path.
func baseName(p string) string {
	p = strings.TrimRight(p, "/")
	return p[strings.LastIndexByte(p, '/')+1:]
}
