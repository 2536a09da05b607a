package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/ledger/ledgertest"
)

var app = flink.Application{Namespace: "team-a", Name: "counter"}

func TestMemoryConforms(t *testing.T) {
	ledgertest.Run(t, func(*testing.T) ledger.Store { return ledger.New(ledger.NewMemory()) })
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

// lossy loses the answer of the next write that won.
type lossy struct {
	ledger.Store
	lose bool
}

func (l *lossy) Write(ctx context.Context, d ledger.Document, v ledger.Version) error {
	err := l.Store.Write(ctx, d, v)
	if l.lose && err == nil {
		l.lose = false
		return flink.Errorf(flink.Unavailable, "write", "%w", errors.New("connection reset"))
	}
	return err
}

func TestAWonWriteWhoseAnswerWasLostIsRecognised(t *testing.T) {
	s := &lossy{Store: ledger.New(ledger.NewMemory()), lose: true}
	calls := 0
	_, err := ledger.Update(t.Context(), s, app, func(d *ledger.Document) error {
		calls++
		d.Fence++
		return nil
	})
	d, _, _ := s.Document(t.Context(), app)
	if err != nil || calls != 1 || d.Fence != 1 {
		t.Errorf("err %v, %d calls, fence %d", err, calls, d.Fence)
	}
}

func TestADocumentOfANewerSchemaIsRefused(t *testing.T) {
	m := ledger.NewMemory()
	if err := m.Put(t.Context(), "ledger/team-a/counter.json", []byte(`{"schema":99}`)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ledger.New(m).Document(t.Context(), app); flink.CodeOf(err) != flink.Invalid {
		t.Errorf("got %v", err)
	}
}
