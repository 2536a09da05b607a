package task

import (
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

func TestAThrowAwayClusterIsEndedWhenNobodyLooksAfterIt(t *testing.T) {
	holds := func(release string) *ledger.Document { return &ledger.Document{Lease: &ledger.Lease{Release: release}} }
	for name, c := range map[string]struct {
		document *ledger.Document
		age      time.Duration
		want     RemedyAction
	}{
		"its rotation holds the lease":                {holds("r1"), time.Minute, LeaveAlone},
		"its rotation is over":                        {&ledger.Document{}, time.Minute, Clear},
		"a release came after its rotation":           {holds("r2"), time.Minute, Clear},
		"another installation's, or the ledger fails": {nil, time.Minute, LeaveAlone},
		"older than any may become":                   {nil, rehearsalLeft, Clear},
		"held, and older than any may become":         {holds("r1"), rehearsalLeft, Clear},
	} {
		t.Run(name, func(t *testing.T) {
			left := flink.LeftRehearsal{Application: flink.Application{Namespace: "team-a", Name: "counter"}, ID: "r1", Since: sweptAt.Add(-c.age)}
			if got := decideRehearsal(c.document, left, sweptAt); got.action != c.want {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestARehearsalIsEndedUnlessTheNextCallGoesOnWithIt(t *testing.T) {
	begun := Proof{Path: "s3://d/sp-1"}
	for name, c := range map[string]struct {
		next Rotation
		err  error
		want bool
	}{
		"it is not done":              {next: Rotation{Decision: ToVerifySnapshot, Proof: &Proof{Path: "s3://d/sp-1"}}, want: true},
		"it is done, another follows": {next: Rotation{Decision: ToVerifySnapshot, Proof: &Proof{Path: "s3://d/sp-2"}}},
		"all are proven":              {next: Rotation{Decision: ToRetire}},
		"the rotation gave way":       {next: Rotation{Decision: ToSettleRotation, Proof: &Proof{Path: "s3://d/sp-1"}}},
		"the machine calls again":     {err: flink.Errorf(flink.Unavailable, "read", "away"), want: true},
		"the lease is lost":           {err: flink.Errorf(flink.LeaseLost, "renew", "gone")},
		"nothing is tried again":      {err: flink.Errorf(flink.Refused, "read", "AccessDenied")},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.next.goesOnWith(begun, c.err); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
