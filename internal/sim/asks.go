package sim

import (
	"fmt"
	"strings"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

// askedBySluice makes a change that Sluice itself asks for one of the events; nil
// when the message asks for none. It is named after what it
// answers, whose id its request contains: "u4+1" is the first step about the alarm u4.
func (w *world) askedBySluice(m ledger.Message) *asked {
	e, err := events.Parse(m.Payload)
	must(err)
	d, ok, err := events.ChangeRequested(e)
	must(err)
	if !ok {
		return nil
	}
	u := &asked{event: m.Payload, at: w.line.now, delivered: 1, release: releaseOf(e.Time, "request\x00"+app.String()+"\x00"+d.Request)}
	u.Ask = &Ask{Change: flink.Change{Kind: flink.ChangeKind(d.Change), By: d.By, Automatic: d.Automatic, Revision: d.Revision, Snapshot: d.Snapshot, Parallelism: d.Parallelism}}
	if d.By == task.RecoveredBy {
		u.dead = deadOf(d.Request)
	}
	for _, cause := range w.asked {
		if cause.release != "" && strings.Contains(d.Request, cause.release) {
			u.ID = cause.ID
		}
	}
	for base, n := u.ID, 1; w.asked[u.ID] != nil || n == 1; n++ {
		u.ID = fmt.Sprintf("%s+%d", base, n)
	}
	w.asked[u.ID] = u
	w.journal.say(u.ID, "%s", u.what())
	return u
}
