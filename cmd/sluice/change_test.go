package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// people is a plane that keeps what it is asked and answers each request with
// the record that answer makes of it.
type people struct {
	ledger  ledger.Store
	answer  func(events.ChangeRequestedDetail) *ledger.Record // nil: nobody answers
	asked   []events.ChangeRequestedDetail
	files   map[string]string
	sent    []ledger.Message
	refuses error
}

func (q *people) Ask(ctx context.Context, d events.ChangeRequestedDetail) error {
	q.asked = append(q.asked, d)
	if q.refuses != nil || q.answer == nil {
		return q.refuses
	}
	r := q.answer(d)
	if r == nil {
		return nil
	}
	r.Event = requestEvent(d)
	return q.ledger.WriteRecord(ctx, *r)
}

func (q *people) Upload(_ context.Context, key string, body io.ReadSeeker) error {
	text, err := io.ReadAll(body)
	q.files[key] = string(text)
	return err
}

func (q *people) Send(_ context.Context, _ flink.Application, m ledger.Message) error {
	if q.refuses == nil {
		q.sent = append(q.sent, m)
	}
	return q.refuses
}

// requestEvent is the event that a request becomes on the bus.
func requestEvent(d events.ChangeRequestedDetail) json.RawMessage {
	detail, _ := json.Marshal(d)
	event, _ := json.Marshal(events.Event{Version: "0", ID: "e", Source: events.Source, DetailType: events.ChangeRequestedType, Time: at(0), Detail: detail})
	return event
}

// with makes an installation whose plane answers so.
func with(t *testing.T, docs []ledger.Document, answer func(events.ChangeRequestedDetail) *ledger.Record) (*installation, *people) {
	t.Helper()
	i := memory(t, docs)
	q := &people{ledger: i.Ledger, answer: answer, files: map[string]string{}}
	i.Plane = q
	return i, q
}

// ended answers with a record of that outcome.
func ended(outcome flink.Outcome, reason flink.Reason) func(events.ChangeRequestedDetail) *ledger.Record {
	return func(d events.ChangeRequestedDetail) *ledger.Record {
		return &ledger.Record{ID: "20260115T110000Z-99999999", Application: fraud, Started: at(0), Ended: at(60), Outcome: outcome, Reason: reason,
			Change:  &flink.Change{Kind: flink.ChangeKind(d.Change), By: d.By, Why: d.Why, Revision: d.Revision, Snapshot: d.Snapshot, Parallelism: d.Parallelism, Release: d.Release, DryRun: d.DryRun},
			Message: "as the task tells it", Revision: "111111111111", Previous: "222222222222", Jar: "fraud-2.1.jar"}
	}
}

func TestEveryCommandAsksForItsChange(t *testing.T) {
	for line, want := range map[string]events.ChangeRequestedDetail{
		"restart team-a/fraud":                                          {Change: "Restart"},
		"rollback team-a/fraud":                                         {Change: "Rollback"},
		"rollback team-a/fraud --to 111111111111":                       {Change: "Rollback", Revision: "111111111111"},
		"redeploy team-a/fraud --from s3://data/sp-1":                   {Change: "Redeploy", Snapshot: "s3://data/sp-1"},
		"redeploy team-a/fraud --from s3://data/sp-1 --revision 111111": {Change: "Redeploy", Snapshot: "s3://data/sp-1", Revision: "111111"},
		"scale team-a/fraud 4":                                          {Change: "Scale", Parallelism: 4},
		"suspend team-a/fraud":                                          {Change: "Suspend"},
		"delete team-a/fraud --abandon-state":                           {Change: "Delete", AbandonState: true},
		"adopt team-a/fraud":                                            {Change: "Adopt"},
		"fork team-a/orders team-a/fraud --from s3://data/sp-1":         {Change: "Fork", Source: "team-a/orders", Snapshot: "s3://data/sp-1"},
		"plan fork team-a/orders team-a/fraud --from 1a2b3c4d":          {Change: "Fork", Source: "team-a/orders", Snapshot: "1a2b3c4d", DryRun: true},
		"cancel team-a/fraud":                                           {Change: "Cancel"},
		"cancel 20260115T100000Z-dddddddd":                              {Change: "Cancel", Release: "20260115T100000Z-dddddddd"},
		"cancel 20260115T100100Z-eeeeeeee":                              {Change: "Cancel", Release: "20260115T100100Z-eeeeeeee"},
		"scale team-a/fraud 4 --dry-run":                                {Change: "Scale", Parallelism: 4, DryRun: true},
		"plan scale team-a/fraud 4":                                     {Change: "Scale", Parallelism: 4, DryRun: true},
		"plan delete team-a/fraud":                                      {Change: "Delete", DryRun: true},
	} {
		t.Run(strings.ReplaceAll(line, "/", "_"), func(t *testing.T) {
			i, q := with(t, []ledger.Document{dirty()}, nil)
			code, out, errs := call(t, i, append(strings.Fields(line), "--by", "ann@laptop", "--why", "lag", "--request", "request-1", "--no-wait")...)
			if code != exitWell || errs != "" || !strings.Contains(out, "as request request-1") {
				t.Errorf("exit %d, %s%s", code, out, errs)
			}
			want.Request, want.Namespace, want.Application, want.By, want.Why = "request-1", "team-a", "fraud", "ann@laptop", "lag"
			if diff := cmp.Diff([]events.ChangeRequestedDetail{want}, q.asked); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhoAsksIsToldUnlessSomebodyElseIsNamed(t *testing.T) {
	i, q := with(t, nil, nil)
	call(t, i, "restart", "team-a/fraud", "--no-wait")
	call(t, i, "restart", "team-a/fraud", "--no-wait")
	if q.asked[0].By != whoami() || !strings.Contains(whoami(), "@") {
		t.Errorf("by %q", q.asked[0].By)
	}
	if len(q.asked[0].Request) < 8 || q.asked[0].Request == q.asked[1].Request {
		t.Errorf("requests %q and %q", q.asked[0].Request, q.asked[1].Request)
	}
}

func TestTheExitCodeTellsHowTheReleaseEnded(t *testing.T) {
	for name, c := range map[string]struct {
		outcome flink.Outcome
		reason  flink.Reason
		want    int
	}{
		"succeeded": {flink.Succeeded, flink.Released, exitWell}, "ignored": {flink.Ignored, flink.NothingToDo, exitWell},
		"clean": {flink.FailedClean, flink.NothingDeployed, exitFault}, "dirty": {flink.FailedDirty, flink.StepFailed, exitDirty},
	} {
		i, _ := with(t, nil, ended(c.outcome, c.reason))
		code, out, errs := call(t, i, "restart", "team-a/fraud")
		if code != c.want || errs != "" || !strings.Contains(out, "release 20260115T110000Z-99999999 of team-a/fraud") {
			t.Errorf("%s: exit %d, %s%s", name, code, out, errs)
		}
	}
}

func TestWhatAChangeCameToIsToldInWordsAndForMachines(t *testing.T) {
	for name, args := range map[string][]string{
		"change-rollback":  {"rollback", "team-a/fraud", "--to", "111111111111"},
		"change-asked":     {"rollback", "team-a/fraud", "--no-wait"},
		"change-scale-all": {"scale", "team-a/fraud", "4", "-o", "json"},
	} {
		i, _ := with(t, nil, ended(flink.Succeeded, flink.Released))
		_, out, errs := call(t, i, append(args, "--by", "ann@laptop", "--why", "the new one drops orders", "--request", "request-1")...)
		if errs != "" {
			t.Errorf("%s: %s", name, errs)
		}
		golden(t, name, out)
	}
}

func TestAPlanIsMadeOfFilesThatStartNoRelease(t *testing.T) {
	dir := t.TempDir()
	manifest, jar := write(t, dir, "other.yaml", "the manifest"), write(t, dir, "fraud-3.jar", "the jar")
	i, q := with(t, nil, func(d events.ChangeRequestedDetail) *ledger.Record {
		r := ended(flink.Succeeded, flink.Planned)(d)
		r.Plan, r.Notes = &flink.Plan{Message: "the job is stopped with a savepoint and goes on from it", Undo: "the previous version comes back"}, []string{"a note"}
		return r
	})
	code, out, errs := call(t, i, "plan", "team-a/fraud", "--jar", jar, "--manifest", manifest, "--request", "request-1")
	if code != exitWell || errs != "" {
		t.Errorf("exit %d, %s", code, errs)
	}
	golden(t, "plan", out)
	const prefix = "_plan/team-a/fraud/request-1/"
	if diff := cmp.Diff(map[string]string{prefix + "application.yaml": "the manifest", prefix + "fraud-3.jar": "the jar"}, q.files); diff != "" {
		t.Error(diff)
	}
	if d := q.asked[0]; d.Change != "Upgrade" || !d.DryRun || d.Prefix != prefix {
		t.Errorf("asked %+v", d)
	}
}

func TestAPlanThatCannotBeSaysWhy(t *testing.T) {
	i, _ := with(t, nil, ended(flink.FailedClean, flink.NothingDeployed))
	code, out, _ := call(t, i, "plan", "restart", "team-a/fraud")
	if code != exitFault {
		t.Errorf("exit %d", code)
	}
	golden(t, "plan-refused", out)
}

func TestWhatAWaitingCommandWaitsForIsSaidOnce(t *testing.T) {
	d := ledger.Document{Schema: ledger.Schema, Application: fraud, Parked: &ledger.Parked{Why: ledger.ForApproval, Until: at(3600),
		Change: ledger.Change{ID: "r2", Event: requestEvent(events.ChangeRequestedDetail{Request: "request-1"})}}}
	i, _ := with(t, []ledger.Document{d}, nil)
	code, _, errs := call(t, i, "restart", "team-a/fraud", "--request", "request-1", "--timeout", "50ms")
	if code != exitFault || strings.Count(errs, "sluice approve r2") != 1 || !strings.Contains(errs, "within 50ms") {
		t.Errorf("exit %d, %s", code, errs)
	}
}

func TestAnotherRequestsRecordIsNotTakenForOnes(t *testing.T) {
	i, q := with(t, nil, nil)
	go func() { // somebody else's ends first
		for n, request := range []string{"request-2", "request-1"} {
			r := ended(flink.Succeeded, flink.Released)(events.ChangeRequestedDetail{})
			r.ID, r.Message, r.Event = fmt.Sprintf("r%d", n), "of "+request, requestEvent(events.ChangeRequestedDetail{Request: request})
			if err := i.Ledger.WriteRecord(context.Background(), *r); err != nil {
				t.Error(err)
			}
		}
	}()
	code, out, _ := call(t, i, "restart", "team-a/fraud", "--request", "request-1", "--timeout", "1m")
	if code != exitWell || !strings.Contains(out, "of request-1") || len(q.asked) != 1 {
		t.Errorf("exit %d, %s", code, out)
	}
}

func TestAChangeThatIsAskedForInAWrongWayIsNotAsked(t *testing.T) {
	for name, line := range map[string]string{
		"no parallelism":         "scale team-a/fraud many",
		"a parallelism of 0":     "scale team-a/fraud 0",
		"no snapshot":            "redeploy team-a/fraud",
		"a fork of nothing":      "fork team-a/orders team-a/fraud",
		"a fork without a name":  "fork team-a/orders --from s3://data/sp-1",
		"nothing to plan":        "plan team-a/fraud",
		"a jar of another name":  "plan team-a/fraud --jar fraud.zip",
		"what is no application": "restart fraud",
		"no release":             "approve",
	} {
		i, q := with(t, nil, nil)
		if code, _, errs := call(t, i, strings.Fields(line)...); code != exitUsage || len(q.asked) != 0 {
			t.Errorf("%s: exit %d, %s", name, code, errs)
		}
	}
}

func TestWithoutAPlaneSomebodyIsToldWhatToName(t *testing.T) {
	for _, line := range []string{"restart team-a/fraud", "plan team-a/fraud --jar change_test.jar"} {
		code, _, errs := call(t, memory(t, nil), strings.Fields(line)...)
		if code != exitFault || !strings.Contains(errs, "--event-bus") {
			t.Errorf("%s: exit %d, %s", line, code, errs)
		}
	}
}

func asking1() ledger.Document {
	return ledger.Document{Schema: ledger.Schema, Application: fraud, Parked: &ledger.Parked{Why: ledger.ForApproval, Until: at(3600), Token: "AAAA", Revision: "c0ffee123456", Plan: "stop the job with a savepoint",
		Change: ledger.Change{ID: "20260115T100100Z-eeeeeeee", Key: "team-a/fraud/fraud-2.2.jar", Change: flink.Change{Kind: flink.Upgrade}, Since: at(0)}}}
}

func TestAnAnswerIsWrittenDownAndWakesTheRelease(t *testing.T) {
	for _, c := range []struct {
		command, which string
		approved       bool
	}{{"approve", "20260115T100100Z-eeeeeeee", true}, {"deny", "team-a/fraud", false}} {
		i, q := with(t, []ledger.Document{asking1()}, nil)
		code, out, errs := call(t, i, c.command, c.which, "--by", "ann@laptop", "--why", "looked at it")
		if code != exitWell || errs != "" {
			t.Errorf("exit %d, %s", code, errs)
		}
		golden(t, c.command, out)
		d, _, err := i.Ledger.Document(t.Context(), fraud)
		if err != nil {
			t.Fatal(err)
		}
		if a := d.Parked.Answer; a == nil || a.Approved != c.approved || a.By != "ann@laptop" || a.Why != "looked at it" {
			t.Errorf("%s: the ledger says %+v", c.command, a)
		}
		if len(q.sent) != 1 || string(q.sent[0].Payload) != `{"token":"AAAA"}` || len(d.Outbox) != 0 {
			t.Errorf("%s: sent %+v, left %+v", c.command, q.sent, d.Outbox)
		}
	}
}

func TestAnAnswerWhoseWakingFailedIsGivenAgain(t *testing.T) {
	i, q := with(t, []ledger.Document{asking1()}, nil)
	q.refuses = flink.Errorf(flink.Unavailable, "send", "throttled")
	if code, _, _ := call(t, i, "approve", "team-a/fraud"); code != exitFault {
		t.Errorf("exit %d", code)
	}
	if code, _, errs := call(t, i, "deny", "team-a/fraud"); code != exitFault || !strings.Contains(errs, "has answered already") {
		t.Errorf("the opposite: exit %d, %s", code, errs)
	}
	q.refuses = nil
	if code, _, errs := call(t, i, "approve", "team-a/fraud"); code != exitWell || len(q.sent) != 1 {
		t.Errorf("again: exit %d, %s, sent %+v", code, errs, q.sent)
	}
}

func TestNobodyApprovesWhatDoesNotWait(t *testing.T) {
	window := asking1()
	window.Parked.Why = ledger.ForWindow
	for name, c := range map[string]struct {
		docs  []ledger.Document
		which string
		want  string
	}{
		"nothing waits":         {nil, "team-a/fraud", "nothing of team-a/fraud waits"},
		"no such release":       {[]ledger.Document{asking1()}, "20260101T000000Z-00000000", "sluice releases lists"},
		"it waits for a window": {[]ledger.Document{window}, "team-a/fraud", "window that opens"},
	} {
		i, q := with(t, c.docs, nil)
		if code, _, errs := call(t, i, "approve", c.which); code != exitFault || !strings.Contains(errs, c.want) || len(q.sent) != 0 {
			t.Errorf("%s: exit %d, %s", name, code, errs)
		}
	}
}

func TestResumeRunsASuspendedJobAgainAndClosesTheCircuit(t *testing.T) {
	d := dirty()
	d.Lease, d.Pending, d.Suspended = nil, nil, &ledger.Down{Release: "r1", Snapshot: flink.Snapshot{Path: "s3://data/sp"}}
	i, q := with(t, []ledger.Document{d}, ended(flink.Succeeded, flink.Released))
	if code, _, _ := call(t, i, "resume", "team-a/fraud", "--dry-run"); code != exitWell || !q.asked[0].DryRun {
		t.Errorf("dry run: exit %d, asked %+v", code, q.asked)
	}
	if now, _, _ := i.Ledger.Document(t.Context(), fraud); now.Circuit == nil {
		t.Error("a dry run closed the circuit")
	}
	code, out, _ := call(t, i, "resume", "team-a/fraud")
	if code != exitWell || !strings.Contains(out, "closed the circuit") || !strings.Contains(out, "release 20260115T110000Z-99999999") {
		t.Errorf("exit %d, %s", code, out)
	}
	if now, _, _ := i.Ledger.Document(t.Context(), fraud); now.Circuit != nil || !slices.ContainsFunc(q.asked, func(a events.ChangeRequestedDetail) bool { return a.Change == "Resume" && !a.DryRun }) {
		t.Errorf("asked %+v, circuit %+v", q.asked, now.Circuit)
	}
}

func TestWhatWaitsIsSuspendedOrGoneIsSeen(t *testing.T) {
	cancelled := dirty()
	cancelled.Lease.Cancel = &ledger.CancelRequest{By: "ann@laptop", Why: "wrong jar", At: at(1900)}
	suspended := dirty()
	suspended.Lease, suspended.Pending, suspended.Circuit, suspended.Applied = nil, nil, nil, "333333333333"
	suspended.Suspended = &ledger.Down{Release: "r1", Snapshot: flink.Snapshot{Path: "s3://data/sp", Taken: at(10)}}
	gone := ledger.Document{Schema: ledger.Schema, Application: fraud, Deleted: &ledger.Tombstone{Release: "r9", At: at(60), By: "ann@laptop", Revision: "222222222222", Snapshot: &flink.Snapshot{Path: "s3://data/final"}}}
	for name, d := range map[string]ledger.Document{"parked": asking1(), "cancelled": cancelled, "suspended": suspended, "deleted": gone} {
		i := memory(t, []ledger.Document{d})
		if d.Applied != "" {
			if err := i.Ledger.WriteRevision(t.Context(), fraud, flink.Revision{ID: d.Applied, Jar: flink.PinnedJar{File: "fraud-3.jar"}}); err != nil {
				t.Fatal(err)
			}
		}
		_, status, errs := call(t, i, "status", "team-a/fraud")
		_, releases, more := call(t, i, "releases", "team-a/fraud")
		if errs+more != "" {
			t.Errorf("%s: %s%s", name, errs, more)
		}
		golden(t, "seen-"+name, status+"\n"+releases)
	}
}

func TestACommandStopsWaitingWhenItIsInterrupted(t *testing.T) {
	i, _ := with(t, nil, nil)
	ctx, cancel := context.WithCancel(t.Context())
	p := &program{out: io.Discard, err: io.Discard, env: func(string) string { return "" }, poll: time.Hour, open: func(context.Context) (*installation, error) {
		time.AfterFunc(20*time.Millisecond, cancel)
		return i, nil
	}}
	if code := p.run(ctx, []string{"restart", "team-a/fraud"}); code != exitInterrupted {
		t.Errorf("exit %d", code)
	}
}
