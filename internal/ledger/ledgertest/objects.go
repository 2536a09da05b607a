package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// key is where the document of app lies.
const key = ledger.DocumentPrefix + "team-a/counter.json"

// lossy loses the answer of the next conditional write.
type lossy struct {
	ledger.Objects
	armed bool
	wins  bool // the write itself is made
}

func (l *lossy) PutIf(ctx context.Context, key string, body []byte, v ledger.Version) error {
	if !l.armed {
		return l.Objects.PutIf(ctx, key, body, v)
	}
	l.armed = false
	if l.wins {
		if err := l.Objects.PutIf(ctx, key, body, v); err != nil {
			return err
		}
	}
	return flink.Errorf(flink.Unavailable, "write "+key, "%w", errors.New("connection reset"))
}

func lostAnswer(t *testing.T, o ledger.Objects) {
	s, calls := ledger.New(&lossy{Objects: o, armed: true, wins: true}), 0
	_, err := ledger.Update(t.Context(), s, app, func(d *ledger.Document) error {
		calls++
		d.Fence++
		return nil
	})
	must(t, err)
	d, _, err := s.Document(t.Context(), app)
	must(t, err)
	if calls != 1 || d.Fence != 1 {
		t.Errorf("changed %d times, fence %d", calls, d.Fence)
	}
}

// lostWrite: whether it was made cannot be known from the error, so the caller
// hears of it and tries again as a whole.
func lostWrite(t *testing.T, o ledger.Objects) {
	s := ledger.New(&lossy{Objects: o, armed: true})
	raise := func(d *ledger.Document) error { d.Fence++; return nil }
	if _, err := ledger.Update(t.Context(), s, app, raise); flink.CodeOf(err) != flink.Unavailable {
		t.Fatalf("got %v", err)
	}
	_, err := ledger.Update(t.Context(), s, app, raise)
	must(t, err)
	if d, _, _ := s.Document(t.Context(), app); d.Fence != 1 {
		t.Errorf("fence %d", d.Fence)
	}
}

func olderSchema(t *testing.T, o ledger.Objects) {
	ctx, s := t.Context(), ledger.New(o)
	must(t, o.Put(ctx, key, []byte(`{"schema":1,"token":"T","application":{"namespace":"team-a","name":"counter"},"fence":4,"lastGood":"r-1","pending":{"id":"p","kind":"Jar","key":"k","event":{"a":1},"since":"2026-01-15T10:01:00Z"}}`)))
	_, err := ledger.Update(ctx, s, app, func(d *ledger.Document) error { d.Fence++; return nil })
	must(t, err)
	d, _, err := s.Document(ctx, app)
	must(t, err)
	if d.Schema != ledger.Schema || d.Fence != 5 || d.Pending == nil || d.Pending.Change.Kind != flink.Upgrade || len(d.History) != 1 || d.History[0].Revision != "r-1" {
		t.Errorf("got %+v", d)
	}
}

func newerSchema(t *testing.T, o ledger.Objects) {
	ctx, newer := t.Context(), fmt.Sprintf(`{"schema":%d,"fence":4,"somethingNew":true}`, ledger.Schema+1)
	must(t, o.Put(ctx, key, []byte(newer)))
	_, err := ledger.Update(ctx, ledger.New(o), app, func(d *ledger.Document) error { d.Fence++; return nil })
	if flink.CodeOf(err) != flink.Unavailable || !strings.Contains(err.Error(), "upgrade Sluice") {
		t.Errorf("got %v", err)
	}
	if body, _, err := o.Get(ctx, key); err != nil || string(body) != newer {
		t.Errorf("the document is now %s, %v", body, err)
	}
}

func upgradedTogether(t *testing.T, o ledger.Objects) {
	must(t, o.Put(t.Context(), key, []byte(`{"schema":1,"token":"T","application":{"namespace":"team-a","name":"counter"},"fence":0,"lastGood":"r-1","seen":["before"]}`)))
	allUpdates(t, ledger.New(o))
	d, _, err := ledger.New(o).Document(t.Context(), app)
	must(t, err)
	if len(d.Seen) != 33 || len(d.History) != 1 || d.Schema != ledger.Schema {
		t.Errorf("%d seen, history %+v, schema %d", len(d.Seen), d.History, d.Schema)
	}
}

// hanging holds up the next conditional write until something else has happened.
type hanging struct {
	ledger.Objects
	meanwhile func()
}

func (h *hanging) PutIf(ctx context.Context, key string, body []byte, v ledger.Version) error {
	h.meanwhile()
	return h.Objects.PutIf(ctx, key, body, v)
}

func lateSupposition(t *testing.T, o ledger.Objects) {
	s, own := ledger.New(o), ledger.Record{ID: "r1", Application: app, Outcome: flink.Succeeded}
	late := ledger.New(&hanging{o, func() { must(t, s.WriteRecord(t.Context(), own)) }})
	if written, err := late.WriteRecordIfAbsent(t.Context(), ledger.Record{ID: "r1", Application: app, Outcome: flink.FailedClean, ToldBy: "r2"}); written || err != nil {
		t.Errorf("written is %t, %v", written, err)
	}
	if r, err := s.Record(t.Context(), app, "r1"); err != nil || r.Outcome != flink.Succeeded {
		t.Errorf("got %+v, %v", r, err)
	}
}
