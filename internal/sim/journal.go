package sim

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

// journal is what happened, for the rules, and in words for the trace.
type journal struct {
	*world
	traced    bool
	lines     []string
	cluster   string            // as the trace told it last
	revisions map[string]string // file name of the jar, by revision
	changes   []change          // writes to the cluster that took effect
	looked    int               // changes that the rules have seen
	document  ledger.Document
	step      *documentStep // the newest write of the document, until the rules have seen it
	records   map[string][]ledger.Record
	order     []string // ids of records, by their first writing
	incidents map[string][]ledger.IncidentRecord
	rotations map[string]ledger.RotationRecord
	repairs   []repair // everything that was ever asked for about an alarm
	told      string   // id of the incident whose record was written last, until the rules have seen it
	written   string   // id of the record that was written last, until the rules have seen it
	removed   string   // path of a snapshot that was removed, likewise
	messages  map[string]int
	approved  map[string]bool     // releases that somebody agreed to
	undone    map[string][]string // by release that died: those that were to undo it
	ranBefore map[string]string   // by release: the ledger's current revision when it was first given the lease
	meddled   time.Time           // when somebody last changed by hand what runs
}

// change is a write to the cluster that took effect.
type change struct {
	At            time.Time
	Outside       Kind         // somebody's by hand; empty: a release's
	Doc           task.Release // what went into the function that wrote
	Ended         bool         // the outcome of its release was recorded by then
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
type documentStep struct {
	from, to ledger.Document
	by       string // release that wrote it; empty: a person's command
}

func (j *journal) init(w *world, traced bool) {
	*j = journal{world: w, traced: traced, records: map[string][]ledger.Record{}, messages: map[string]int{}, revisions: map[string]string{}, approved: map[string]bool{},
		incidents: map[string][]ledger.IncidentRecord{}, rotations: map[string]ledger.RotationRecord{}, undone: map[string][]string{}, ranBefore: map[string]string{}}
}

// wrote notes an object of the ledger bucket.
func (j *journal) wrote(by, key string, body []byte) {
	switch {
	case strings.HasPrefix(key, ledger.DocumentPrefix):
		var d ledger.Document
		must(json.Unmarshal(body, &d))
		j.step = &documentStep{j.document, d, by}
		if l := d.Lease; l != nil && (j.document.Lease == nil || j.document.Lease.Release != l.Release) {
			j.ranBefore[l.Release] = j.document.Current
		}
		j.document = d
	case strings.HasPrefix(key, ledger.RevisionPrefix):
		j.noteRevision(body)
	case strings.HasPrefix(key, ledger.RecordPrefix):
		var r ledger.Record
		must(json.Unmarshal(body, &r))
		if len(j.records[r.ID]) == 0 {
			j.order = append(j.order, r.ID)
		}
		j.written = r.ID
		j.records[r.ID] = append(j.records[r.ID], r)
		j.say("", "record %s: %s %s: %s", r.ID, r.Outcome, r.Reason, r.Message)
	case strings.HasPrefix(key, ledger.IncidentPrefix):
		var r ledger.IncidentRecord
		must(json.Unmarshal(body, &r))
		j.incidents[r.ID] = append(j.incidents[r.ID], r)
		j.told = r.ID
		j.say("", "incident %s: %s %s: %s", r.ID, r.Outcome, r.Check, r.Message)
	case strings.HasPrefix(key, ledger.RotationPrefix) && !strings.HasPrefix(key, ledger.ListPrefix):
		var r ledger.RotationRecord
		must(json.Unmarshal(body, &r))
		j.rotations[r.ID] = r
		j.say("", "rotation %s: took %v; %s %s %s", r.ID, r.Snapshot != nil, r.Skipped, r.GaveWay, r.Failed)
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

// changed keeps a write to the cluster that took effect.
func (j *journal) changed(c change) {
	r := j.record(c.Release)
	c.At, c.Ended = j.line.now, r != nil && r.Outcome != flink.Ignored && !j.wentOn(r)
	c.Starts, c.Committed = len(j.model.Starts()), j.model.Committed(app)
	j.changes = append(j.changes, c)
}

// wentOn: a change that was said to be overtaken was not, because the ledger's
// write was lost: it has been handed the lease.
func (j *journal) wentOn(r *ledger.Record) bool {
	l := j.document.Lease
	return r.Reason == flink.Overtaken && l != nil && l.Release == r.ID
}
