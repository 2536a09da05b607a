package ledger_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// planted is an object store in which every object has the same bytes, and
// which keeps what is written last.
type planted struct {
	ledger.Objects
	body    []byte
	written []byte
}

func (p *planted) Get(context.Context, string) ([]byte, ledger.Version, error) {
	return p.body, "v", nil
}

func (p *planted) PutIf(_ context.Context, _ string, body []byte, _ ledger.Version) error {
	p.written = body
	return nil
}

// FuzzAnyObjectIsReadOrRefused: whatever lies in the ledger, it is read or
// refused with a bounded sentence. What was read can be worked with, written,
// and read again.
func FuzzAnyObjectIsReadOrRefused(f *testing.F) {
	for _, seed := range documents {
		f.Add([]byte(seed))
		f.Add([]byte(seed[:len(seed)/2]))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		store := &planted{body: body}
		read := map[string]error{}
		d, _, err := ledger.New(store).Document(t.Context(), app)
		read["document"] = err
		if err == nil {
			workWith(t, store, d)
		}
		_, read["record"] = ledger.New(store).Record(t.Context(), app, "r1")
		_, read["revision"] = ledger.New(store).Revision(t.Context(), app, "r1")
		for what, err := range read {
			if err == nil {
				continue
			}
			said, _ := json.Marshal(err.Error())
			newer := flink.CodeOf(err) == flink.Unavailable && strings.Contains(err.Error(), "upgrade Sluice")
			if c := flink.CodeOf(err); c != flink.Internal && c != flink.Invalid && !newer || len(said) > flink.MaxSentence+2 {
				t.Errorf("%s: %s, %d bytes: %.300s", what, c, len(said), said)
			}
		}
	})
}

// workWith does with a document what releases do.
func workWith(t *testing.T, store *planted, d ledger.Document) {
	t.Helper()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if d.Schema != ledger.Schema || d.Application != app || d.Fence < 0 {
		t.Fatalf("read as %+v", d)
	}
	before := d.Fence
	d.See("event")
	d.AddSnapshot(flink.Snapshot{Path: "s3://a/b"})
	d.Release(now, time.Minute)
	d.Lease = nil
	if fence, err := d.Take("execution", "r9", now, time.Minute); err != nil || fence <= before {
		t.Fatalf("with fence %d taken under %d: %v", before, fence, err)
	}
	d.Promote(ledger.Deployed{Revision: "r", At: now}, flink.Upgrade)
	if err := ledger.New(store).Write(t.Context(), d, "v"); err != nil {
		t.Fatalf("it cannot be written: %v", err)
	}
	again, _, err := ledger.New(&planted{body: store.written}).Document(t.Context(), app)
	if err != nil || again.Fence != d.Fence || again.Current != "r" || len(again.Outbox) != len(d.Outbox) {
		t.Errorf("%s\nis read again as %+v, %v", store.written, again, err)
	}
}

// documents of every schema, of none, and some that nobody here wrote.
var documents = []string{
	`{"schema":2,"token":"t","application":{"namespace":"team-a","name":"counter"},"fence":3,"lease":{"holder":"arn:x","release":"r1","fence":3,"taken":"2026-01-01T00:00:00Z","expires":"2026-01-01T00:20:00Z"},
	  "current":"a","lastGood":"a","history":[{"revision":"a","at":"2026-01-01T00:00:00Z"}],"newest":{"Jar":{"key":"k","modified":"2026-01-01T00:00:00Z"}},"seen":["e1"],
	  "pending":{"id":"r2","change":{"kind":"Upgrade"},"event":{"a":1},"since":"2026-01-01T00:00:00Z"},"outbox":[{"name":"n","kind":"ReleaseEnded","payload":{}}]}`,
	`{"schema":1,"token":"t","application":{"namespace":"team-a","name":"counter"},"fence":1,"lastGood":"a","pending":{"id":"r","kind":"Jar","key":"k","event":{},"since":"2026-01-01T00:00:00Z"}}`,
	`{"application":{"namespace":"team-a","name":"counter"},"fence":1}`,
	`{"schema":3,"application":{"namespace":"team-a","name":"counter"}}`,
	`{"schema":-1}`, `{"schema":"2"}`, `{"schema":1.5}`, `{"schema":1e99}`,
	`null`, `[]`, `""`, `0`, `{}`, `{"schema":null}`, ` `,
	`{"schema":1,"pending":null,"lastGood":null}`, `{"schema":1,"pending":"x"}`, `{"schema":1,"pending":{},"lastGood":["a"]}`, `{"schema":0,"schema":1}`,
	`{"schema":2,"application":{"namespace":"..","name":"../x"}}`,
	`{"schema":2,"application":{"namespace":"team-a","name":"counter"},"fence":9223372036854775807}`,
	`{"schema":2,"application":{"namespace":"team-a","name":"counter"},"fence":-1,"lease":{"fence":-5,"expires":"9999-12-31T23:59:59Z"}}`,
	`{"schema":2,"application":{"namespace":"team-a","name":"counter"},"seen":null,"newest":{"":{}},"outbox":[{}],"pending":{"event":null}}`,
	`{"apiVersion":"v1","kind":"Secret","data":{"password":"aHVudGVyMg=="}}`,
	`<?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchKey</Code></Error>`,
	`{"id":"r1","manifest":{"spec":{}},"jar":{}}`, `{"id":"r1","timeline":[],"event":null}`,
	strings.Repeat(`{"a":`, 10_001), strings.Repeat("[", 10_001),
}
