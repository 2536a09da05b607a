package sim

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// journal is what happened, for the rules, and in words for the trace.
type journal struct {
	*world
	traced    bool
	lines     []string
	changes   []change // writes to the cluster that took effect
	looked    int      // changes that the rules have seen
	document  ledger.Document
	step      *documentStep // the newest write of the document, until the rules have seen it
	records   map[string][]ledger.Record
	order     []string // ids of records, by their first writing
	rewritten string   // id of a record that was written again, until the rules have seen it
	messages  map[string]int
	meddled   time.Time // when somebody outside last changed what runs
}

// change is a write to the cluster that took effect.
type change struct {
	At            time.Time
	Release, Step string
	Fence         int64
	Desired       flink.Desired
	Removed       bool
	Before, After flink.Observation
	Committed     int64
	Starts        int             // how many starts there had been
	Document      ledger.Document // as it was then
}

// documentStep is one write of the ledger document.
type documentStep struct{ from, to ledger.Document }

func (j *journal) init(w *world, traced bool) {
	*j = journal{world: w, traced: traced, records: map[string][]ledger.Record{}, messages: map[string]int{}}
}

// say adds a line to the trace.
func (j *journal) say(who, format string, args ...any) {
	if j.traced {
		j.lines = append(j.lines, fmt.Sprintf("%12s  %-34s %s", since(j.line.now), who, fmt.Sprintf(format, args...)))
	}
}

// call tells of a call. What only looks is told when it fails.
func (j *journal) call(who, op, about string, err error) {
	switch {
	case err != nil:
		j.say(who, "%s %s: %v", op, about, err)
	case op != "ledger.Get" && op != "target.Observe":
		j.say(who, "%s %s", op, about)
	}
}

// wrote notes an object of the ledger bucket.
func (j *journal) wrote(key string, body []byte) {
	switch {
	case strings.HasPrefix(key, ledger.DocumentPrefix):
		var d ledger.Document
		must(json.Unmarshal(body, &d))
		j.step = &documentStep{j.document, d}
		j.document = d
	case strings.HasPrefix(key, ledger.RecordPrefix):
		var r ledger.Record
		must(json.Unmarshal(body, &r))
		if len(j.records[r.ID]) == 0 {
			j.order = append(j.order, r.ID)
		} else {
			j.rewritten = r.ID
		}
		j.records[r.ID] = append(j.records[r.ID], r)
		j.say("", "record %s: %s %s: %s", r.ID, r.Outcome, r.Reason, r.Message)
	}
}

// record is the newest of that id, if there is one.
func (j *journal) record(id string) *ledger.Record {
	all := j.records[id]
	if len(all) == 0 {
		return nil
	}
	return &all[len(all)-1]
}
