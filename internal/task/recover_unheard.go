package task

import (
	"context"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Tell writes the record of a release that the ledger does not name.
const Tell RemedyAction = "Tell"

// tellUnheard records a release whose execution has ended before it had taken
// anything in the ledger, or after it was decided that there is nothing to do and
// before that was written: nothing stands anywhere that the tick could find. Its
// event is not started again: somebody has stopped it, and may have meant to.
//
// Until the execution's last function has ended for certain it may still take
// something: then that time is answered, and nothing is written. Another delivery
// of the event may go on later all the same; its own word takes this one's place.
func (t Tasks) tellUnheard(ctx context.Context, r *Recovery, died death) (until time.Time, err error) {
	record, err := t.unheardOf(ctx, died)
	if err != nil || record == nil {
		return time.Time{}, err
	}
	if silent := died.at.Add(t.Config.LastWord); t.Clock.Now().Before(silent) {
		return silent, nil
	}
	written, err := t.Ledger.WriteRecordIfAbsent(ctx, *record)
	if err != nil || !written {
		return time.Time{}, err
	}
	d, err := ledger.Update(ctx, t.Ledger, record.Application, func(d *ledger.Document) error {
		d.Post(t.endedMessage(*record))
		return nil
	})
	if err == nil {
		err = t.sendAll(ctx, record.Application, d.Outbox)
	}
	r.did(record.Application, remedy{action: Tell, message: "release " + record.ID + ": " + record.Message}, err)
	return time.Time{}, nil // the record stands, and the outbox is the tick's as well
}

// unheardOf is the record of the release that an event says has died, and when
// its execution stopped; nil when it was none's, has a record of its own, or is
// named in the ledger, where recovery finds it.
func (t Tasks) unheardOf(ctx context.Context, died death) (*ledger.Record, error) {
	of := died.of
	d, _, err := t.Ledger.Document(ctx, of.application)
	if err != nil || d.GoesOn(of.release) {
		return nil, err
	}
	if _, err := t.Ledger.Record(ctx, of.application, of.release); flink.CodeOf(err) != flink.NotFound {
		return nil, err
	}
	dead := Release{ID: of.release, Execution: died.ExecutionArn, Started: time.UnixMilli(died.StartDate).UTC(), Application: of.application, Change: of.change, Artifact: of.ref, Event: keptEvent([]byte(died.Input))}
	dead.end(flink.FailedClean, flink.Died, fmt.Sprintf("its execution ended (%s) before it began or could say what came of it, and it has touched nothing that runs: upload it, or ask for it, again if it is still wanted", died.Status))
	dead.note(t.Clock.Now(), "Sweep", dead.Message)
	record := dead.record(t.Clock.Now())
	record.ToldBy = RecoveredBy
	return &record, nil
}
