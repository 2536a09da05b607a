package sim

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

// absent is the error of a service that does not answer at the moment.
func (w *world) absent(op string) error {
	for kind, service := range map[Kind]string{LedgerAway: "ledger.", ClusterAway: "target.", AlarmsAway: "alarms.", StatesAway: "states."} {
		if strings.HasPrefix(op, service) && w.line.now.Before(w.away[kind]) {
			return flink.Errorf(flink.Unavailable, op, "no answer")
		}
	}
	return nil
}

// watchedObjects is the ledger bucket.
type watchedObjects struct{ *world }

// Get implements ledger.Objects.
func (o watchedObjects) Get(ctx context.Context, key string) (body []byte, v ledger.Version, err error) {
	err = o.call(ctx, "ledger.Get", key, func() error { body, v, err = o.memory.Get(ctx, key); return err })
	return body, v, err
}

// Put implements ledger.Objects.
func (o watchedObjects) Put(ctx context.Context, key string, body []byte) error {
	return o.call(ctx, "ledger.Put", key, func() error {
		must(o.memory.Put(ctx, key, body))
		o.journal.wrote(invocationOf(ctx).by(), key, body)
		return nil
	})
}

// PutIf implements ledger.Objects.
func (o watchedObjects) PutIf(ctx context.Context, key string, body []byte, v ledger.Version) error {
	return o.call(ctx, "ledger.PutIf", key, func() error {
		err := o.memory.PutIf(ctx, key, body, v)
		if err == nil {
			o.journal.wrote(invocationOf(ctx).by(), key, body)
		}
		return err
	})
}

// Keys implements ledger.Objects.
func (o watchedObjects) Keys(ctx context.Context, prefix string) (keys []string, err error) {
	err = o.call(ctx, "ledger.Keys", prefix, func() error { keys, err = o.memory.Keys(ctx, prefix); slices.Sort(keys); return err })
	return keys, err
}

// Versions implements ledger.Objects.
func (o watchedObjects) Versions(ctx context.Context, prefix string) (versions map[string]ledger.Version, err error) {
	err = o.call(ctx, "ledger.Versions", prefix, func() error { versions, err = o.memory.Versions(ctx, prefix); return err })
	return versions, err
}

// watchedArtifacts is the artifact bucket.
type watchedArtifacts struct{ *world }

// Head implements task.Artifacts.
func (a watchedArtifacts) Head(ctx context.Context, bucket, key string) (o task.Object, err error) {
	err = a.call(ctx, "artifacts.Head", key, func() error { o, err = a.objects.Head(ctx, bucket, key); return err })
	return o, err
}

// Newest implements task.Artifacts: of two of one second the first by name, as
// a listing has them.
func (a watchedArtifacts) Newest(ctx context.Context, bucket, prefix, suffix string) (newest task.Object, err error) {
	err = a.call(ctx, "artifacts.Newest", prefix, func() error {
		for _, u := range a.schedule.Events {
			o, err := a.objects.Head(ctx, bucket, u.Key)
			if err != nil || !strings.HasPrefix(u.Key, prefix) || !strings.HasSuffix(u.Key, suffix) {
				continue
			}
			if newest.Key == "" || o.Modified.After(newest.Modified) || o.Modified.Equal(newest.Modified) && o.Key < newest.Key {
				newest = o
			}
		}
		if newest.Key == "" {
			return flink.Errorf(flink.NotFound, "list "+prefix, "no object there ends in %s", suffix)
		}
		return nil
	})
	return newest, err
}

// Read implements task.Artifacts.
func (a watchedArtifacts) Read(ctx context.Context, bucket, key, version string, limit int64) (body []byte, err error) {
	err = a.call(ctx, "artifacts.Read", key, func() error { body, err = a.objects.Read(ctx, bucket, key, version, limit); return err })
	return body, err
}

// Download implements task.Artifacts.
func (a watchedArtifacts) Download(ctx context.Context, bucket, key, version string, to io.Writer, limit int64) error {
	return a.call(ctx, "artifacts.Download", key, func() error { return a.objects.Download(ctx, bucket, key, version, to, limit) })
}

// Pin implements task.Artifacts.
func (a watchedArtifacts) Pin(ctx context.Context, bucket, key string, body io.ReadSeeker) error {
	return a.call(ctx, "artifacts.Pin", key, func() error { return a.objects.Pin(ctx, bucket, key, body) })
}

// bus sends what an outbox holds.
type bus struct{ *world }

// Send implements task.Sender.
func (b bus) Send(ctx context.Context, _ flink.Application, m ledger.Message) error {
	return b.call(ctx, "send", m.Name, func() error { b.sent(m); return nil })
}

// sent does what a message is for.
func (w *world) sent(m ledger.Message) {
	w.journal.messages[m.Name]++
	switch m.Kind {
	case ledger.StartRelease:
		if u := w.askedBefore(m.Name); u != nil {
			w.start(m.Name, u)
		} else if u := w.askedBySluice(m); u != nil {
			w.start(m.Name, u)
		}
	case ledger.StartMachine:
		machine, cause := w.startOf(m)
		w.startOn(machine, m.Name, cause)
	case ledger.EndWait:
		var wake ledger.Wake
		must(json.Unmarshal(m.Payload, &wake))
		_ = w.tokens.SendTaskSuccess(wake.Token, json.RawMessage("{}")) // who waits no longer needs no waking
		for _, e := range w.running {
			e.rouseIdle()
		}
	}
}

// askedBefore finds what an execution is for whose name begins with its release,
// and says how often that was handed the lease.
func (w *world) askedBefore(name string) *asked {
	for _, u := range w.asked {
		if strings.HasPrefix(name, u.release) {
			return u
		}
	}
	return nil
}

// second is a time as S3 tells it.
func second(t time.Time) time.Time { return t.Truncate(time.Second) }
