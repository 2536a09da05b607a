package ledger_test

import (
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/ledger/ledgertest"
)

var app = flink.Application{Namespace: "team-a", Name: "counter"}

func TestMemoryConforms(t *testing.T) {
	ledgertest.Run(t, func(*testing.T) ledger.Objects { return ledger.NewMemory() })
}

func TestALeaseIsHeldByOneReleaseUntilItExpires(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	d := ledger.Document{Application: app}
	first, err := d.Take("execution-1", "r1", now, time.Minute)
	if err != nil || first != 1 {
		t.Fatalf("first: fence %d, %v", first, err)
	}
	if again, err := d.Take("execution-1", "r1", now.Add(time.Second), time.Minute); err != nil || again != 1 {
		t.Errorf("the holder takes it again: fence %d, %v", again, err)
	}
	if _, err := d.Take("execution-2", "r2", now.Add(30*time.Second), time.Minute); flink.CodeOf(err) != flink.Conflict {
		t.Errorf("another takes it while held: %v", err)
	}
	second, err := d.Take("execution-2", "r2", now.Add(2*time.Minute), time.Minute)
	if err != nil || second != 2 {
		t.Errorf("another takes it after expiry: fence %d, %v", second, err)
	}
	if err := d.Renew("r1", first, now, time.Minute); flink.CodeOf(err) != flink.LeaseLost {
		t.Errorf("the late holder renews: %v", err)
	}
}
