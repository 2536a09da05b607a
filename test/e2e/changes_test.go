//go:build e2e

package e2e

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// ask asks for a change of the counter as the command does, and waits for its record.
func (i *installation) ask(t *testing.T, d events.ChangeRequestedDetail) ledger.Record {
	t.Helper()
	d.Namespace, d.Application, d.By, d.Request = i.app.Namespace, i.app.Name, "e2e", strings.ToLower(rand.Text())
	detail, err := json.Marshal(d)
	must(t, err)
	bus := eventbridge.NewFromConfig(i.Where.Config(), func(o *eventbridge.Options) { o.BaseEndpoint = &i.Where.Events })
	out, err := bus.PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: []eventtypes.PutEventsRequestEntry{{EventBusName: &i.Where.EventBus,
		Source: aws.String(events.Source), DetailType: aws.String(events.ChangeRequestedType), Detail: aws.String(string(detail))}}})
	must(t, err)
	if out.FailedEntryCount != 0 {
		t.Fatalf("%+v", out.Entries)
	}
	return i.recordThat(t, i.app, func(r ledger.Record) bool { return strings.Contains(string(r.Event), d.Request) })
}

// changes are every change but an upgrade, of one job, one after the other.
func (i *installation) changes(t *testing.T) {
	ask := func(kind flink.ChangeKind) ledger.Record {
		return i.ask(t, events.ChangeRequestedDetail{Change: string(kind)})
	}
	inTurn(t, []step{
		{"a version runs, and another was good before", func(t *testing.T) {
			want(t, i.drop(t, flink.ManifestFile, i.manifest(t)), flink.Ignored, flink.NoJarYet, "")
			want(t, i.drop(t, "counter-v1.jar", i.Jar(t, "counter-v1.jar")), flink.Succeeded, flink.Released, "starting empty")
			want(t, i.drop(t, "counter-v2.jar", i.Jar(t, "counter-v2.jar")), flink.Succeeded, flink.Released, "from savepoint-")
		}},
		{"a restart goes on from its savepoint", func(t *testing.T) {
			before := i.look(t)
			want(t, ask(flink.Restart), flink.Succeeded, flink.Released, "")
			if after := i.look(t); after.JobID == before.JobID && after.Started.Equal(before.Started) {
				t.Errorf("the job is the same one: %+v", after)
			}
		}},
		{"a dry run of a deletion touches nothing", func(t *testing.T) {
			before := i.look(t)
			want(t, i.ask(t, events.ChangeRequestedDetail{Change: string(flink.Delete), DryRun: true}), flink.Succeeded, flink.Planned, "final savepoint")
			if after := i.look(t); after != before {
				t.Errorf("%+v became %+v", before, after)
			}
		}},
		{"a suspended job waits and goes on", func(t *testing.T) {
			want(t, ask(flink.Suspend), flink.Succeeded, flink.Stopped, "")
			want(t, ask(flink.Restart), flink.FailedClean, flink.JobSuspended, "sluice resume")
			want(t, ask(flink.Resume), flink.Succeeded, flink.Released, "")
		}},
		{"a deleted application is gone, stays gone, and goes on from its final savepoint", func(t *testing.T) {
			want(t, ask(flink.Delete), flink.Succeeded, flink.Removed, "")
			if o, err := i.Target.Observe(t.Context(), i.app); err != nil || o.Exists {
				t.Errorf("there is still a resource: %v", err)
			}
			d, _, err := i.Ledger.Document(t.Context(), i.app)
			must(t, err)
			if d.Deleted == nil || d.Deleted.Snapshot == nil {
				t.Fatalf("the ledger says %+v", d.Deleted)
			}
			want(t, i.drop(t, "counter-v1.jar", i.Jar(t, "counter-v1.jar")), flink.FailedClean, flink.WasDeleted, "sluice redeploy")
			want(t, i.ask(t, events.ChangeRequestedDetail{Change: string(flink.Redeploy), Snapshot: d.Deleted.Snapshot.Path}), flink.Succeeded, flink.Released, "")
		}},
		{"every number was committed once", i.continuous}, // before a scaling: the job counts in each subtask
		{"another parallelism", func(t *testing.T) {
			want(t, i.ask(t, events.ChangeRequestedDetail{Change: string(flink.Scale), Parallelism: 2}), flink.Succeeded, flink.Released, "")
		}},
		{"a rollback goes to what was good before", func(t *testing.T) {
			d, _, err := i.Ledger.Document(t.Context(), i.app)
			must(t, err)
			r := ask(flink.Rollback)
			want(t, r, flink.Succeeded, flink.Released, "")
			if before := d.GoodBefore(d.Current); r.Revision != before {
				t.Errorf("it runs %s, and %s was good before", r.Revision, before)
			}
		}},
	})
}

// recordThat waits for a record.
func (i *installation) recordThat(t *testing.T, app flink.Application, is func(ledger.Record) bool) ledger.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), recordWithin)
	defer cancel()
	for ; ctx.Err() == nil; pause(ctx) {
		ids, err := i.Ledger.Records(ctx, app, 5)
		must(t, err)
		for _, id := range ids {
			r, err := i.Ledger.Record(ctx, app, id)
			must(t, err)
			if is(r) {
				t.Logf("%s %s: %s", r.Outcome, r.Reason, r.Message)
				return r
			}
		}
	}
	t.Fatalf("no record within %s", recordWithin)
	return ledger.Record{}
}
