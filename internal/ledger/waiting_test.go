package ledger_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func asking(token string) *ledger.Document {
	return &ledger.Document{Application: app, Parked: &ledger.Parked{Change: ledger.Change{ID: "r1"}, Why: ledger.ForApproval, Until: noon.Add(time.Hour), Token: token, Revision: "0123456789ab"}}
}

// woken are the tokens that the outbox wakes.
func woken(t *testing.T, d *ledger.Document) []string {
	t.Helper()
	var tokens []string
	for _, m := range d.Outbox {
		var w ledger.Wake
		if err := json.Unmarshal(m.Payload, &w); err != nil || m.Kind != ledger.EndWait {
			t.Fatalf("message %+v: %v", m, err)
		}
		tokens = append(tokens, w.Token)
	}
	return tokens
}

func TestAnAnswerStaysAndWakesWhoWaits(t *testing.T) {
	d := asking("token-1")
	for range 2 { // the second time it is woken again, should the first message be lost
		if err := d.Respond("r1", ledger.Answer{Approved: true, By: "ann", At: noon}); err != nil {
			t.Fatal(err)
		}
	}
	if d.Parked.Answer == nil || d.Parked.Answer.By != "ann" {
		t.Errorf("got %+v", d.Parked.Answer)
	}
	if tokens := woken(t, d); len(tokens) != 1 || tokens[0] != "token-1" {
		t.Errorf("woken: %v", tokens)
	}
	if err := d.Respond("r1", ledger.Answer{By: "bob"}); flink.CodeOf(err) != flink.Conflict || d.Parked.Answer.By != "ann" {
		t.Errorf("the opposite, later: %v", err)
	}
}

func TestAnAnswerToWhatDoesNotAskIsRefused(t *testing.T) {
	window := asking("")
	window.Parked.Why = ledger.ForWindow
	planned := asking("")
	planned.Parked.Revision = ""
	cases := map[string]struct {
		document *ledger.Document
		want     flink.Code
	}{
		"nothing waits":         {&ledger.Document{Application: app}, flink.NotFound},
		"another release waits": {&ledger.Document{Application: app, Parked: &ledger.Parked{Change: ledger.Change{ID: "r2"}, Why: ledger.ForApproval}}, flink.NotFound},
		"it is being planned":   {planned, flink.Unavailable},
		"it waits for a window": {window, flink.Invalid},
	}
	for name, c := range cases {
		if err := c.document.Respond("r1", ledger.Answer{Approved: true}); flink.CodeOf(err) != c.want || len(c.document.Outbox) != 0 {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestWhoIsTakenOutOfTheWaitingPlaceIsWokenIfItSleeps(t *testing.T) {
	for token, want := range map[string]int{"token-1": 1, "": 0} {
		d := asking(token)
		d.Unpark()
		d.Unpark()
		if d.Parked != nil || len(woken(t, d)) != want {
			t.Errorf("token %q: %+v", token, d)
		}
	}
}

func TestAReleaseIsAskedOnceToStop(t *testing.T) {
	d := ledger.Document{Application: app}
	if d.AskCancel("", ledger.CancelRequest{}) {
		t.Error("nothing is in flight")
	}
	if _, err := d.Take("execution-1", "r1", noon, time.Minute); err != nil {
		t.Fatal(err)
	}
	if d.AskCancel("r2", ledger.CancelRequest{}) {
		t.Error("another release is in flight")
	}
	if !d.AskCancel("", ledger.CancelRequest{By: "ann"}) || !d.AskCancel("r1", ledger.CancelRequest{By: "bob"}) || d.Lease.Cancel.By != "ann" {
		t.Errorf("got %+v", d.Lease.Cancel)
	}
	if err := d.Renew("r1", 1, noon, time.Hour); err != nil || d.Lease.Cancel == nil {
		t.Errorf("a renewal forgets the wish: %v", err)
	}
	d.Release(noon, time.Minute)
	if _, err := d.Take("execution-2", "r2", noon, time.Minute); err != nil || d.Lease.Cancel != nil {
		t.Errorf("the next release is asked to stop: %+v, %v", d.Lease, err)
	}
}

func TestWhatWasGoodBeforeIsFoundAndHistoryIsBounded(t *testing.T) {
	d := ledger.Document{Application: app}
	for _, revision := range []string{"a", "b", "b", "a"} {
		d.Promote(ledger.Deployed{Revision: revision, Release: "r-" + revision, At: noon}, flink.Upgrade)
	}
	if got := d.GoodBefore("a"); got != "b" || len(d.History) != 3 || d.LastGood != "a" {
		t.Errorf("before a: %q, history %+v", got, d.History)
	}
	for i := range 100 {
		d.Promote(ledger.Deployed{Revision: string(rune('A' + i%26))}, flink.Upgrade)
	}
	if len(d.History) != 20 {
		t.Errorf("%d entries", len(d.History))
	}
	if (&ledger.Document{History: []ledger.Deployed{{Revision: "a"}}}).GoodBefore("a") != "" {
		t.Error("there was none before")
	}
}

func TestEachTimeThatAChangeIsHandedTheLeaseItIsStartedUnderAnotherName(t *testing.T) {
	d := &ledger.Document{Application: app}
	names := map[string]bool{}
	for range 2 {
		d.Pending = &ledger.Change{ID: "r1"}
		d.Release(noon, time.Hour)
		if d.Lease == nil || d.Lease.Release != "r1" || len(d.Outbox) != 1 {
			t.Fatalf("got %+v", d)
		}
		names[d.Outbox[0].Name] = true
		d.Sent(d.Outbox[0].Name)
	}
	if len(names) != 2 {
		t.Errorf("Step Functions starts no second execution under one name, and the lease would be nobody's: %v", names)
	}
}

func TestARollbackLeavesNothingToGoBackTo(t *testing.T) {
	var d ledger.Document
	for _, step := range []struct {
		revision string
		how      flink.ChangeKind
	}{{"v1", flink.Upgrade}, {"v2", flink.Upgrade}, {"v2-wide", flink.Scale}, {"v1", flink.Rollback}} {
		d.Promote(ledger.Deployed{Revision: step.revision}, step.how)
	}
	if before := d.GoodBefore("v1"); before != "" {
		t.Errorf("after v2 was rolled back to v1 there is %s to go back to", before)
	}
	d.Promote(ledger.Deployed{Revision: "v3"}, flink.Upgrade)
	if before := d.GoodBefore("v3"); before != "v1" {
		t.Errorf("before v3 %q was good", before)
	}
}
