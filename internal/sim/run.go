package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/asl/jsonata"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/statemachines"
)

// Load makes the parts that all worlds share.
func Load() (Parts, error) {
	path, err := jsonata.Find()
	if err != nil {
		return Parts{}, err
	}
	engine, err := jsonata.Load(path)
	if err != nil {
		return Parts{}, err
	}
	machine, err := asl.Parse(statemachines.Release)
	return Parts{Machine: machine, JSONata: engine}, err
}

// Outcome is what a run showed.
type Outcome struct {
	Violation *Violation // nil: every rule held
	Excused   []string   // known gaps that let something pass
	Trace     []string
	Calls     map[string]int          // by upload, and by upload and operation: for crash points
	Reasons   map[string]flink.Reason // of the newest record, by upload
	Endings   map[string]int          // records by outcome and reason
}

// Run plays a schedule to its end and asks every rule on the way.
func Run(parts Parts, s Schedule, m Mutant, traced bool) Outcome {
	w := newWorld(parts, s, m, traced)
	for _, u := range s.Uploads {
		w.line.spawn(u.ID, begin.Add(u.At), func(st *strand) { w.upload(u, st) })
	}
	for n, f := range s.Faults {
		if f.Nth == 0 {
			w.line.spawn(fmt.Sprintf("fault %d", n), begin.Add(f.At), func(st *strand) { w.disturb(f, st) })
		}
	}
	w.line.run()
	w.finish()
	return Outcome{Violation: w.broken, Excused: w.excused, Trace: w.journal.lines, Calls: w.calls, Reasons: w.reasons(), Endings: w.endings()}
}

// upload writes an object and delivers its events.
func (w *world) upload(u Upload, _ *strand) {
	if w.broken != nil {
		return
	}
	if u.isJar() {
		sum := sha256.Sum256(u.body())
		w.model.Plant(hex.EncodeToString(sum[:]), behaviours[u.Version])
	}
	o := w.objects.Put(artifactBucket, u.Key, u.body(), second(w.line.now))
	detail := events.ObjectCreatedDetail{Version: "0"}
	detail.Bucket.Name, detail.Object.Key, detail.Object.Size, detail.Object.ETag, detail.Object.VersionID = artifactBucket, u.Key, o.Size, o.ETag, o.Version
	raw, err := json.Marshal(detail)
	must(err)
	event, err := json.Marshal(events.Event{Version: "0", ID: u.ID, Source: events.ObjectCreatedSource, DetailType: events.ObjectCreatedType, Time: second(w.line.now), Detail: raw})
	must(err)
	known := &uploaded{Upload: u, event: event, release: releaseOf(u.Key, o.Version, second(w.line.now)), at: w.line.now}
	w.uploads[u.ID] = known
	w.journal.say(u.ID, "uploads %s (%s): release %s", u.Key, u.Version, known.release)
	for n, after := range u.Arrive {
		w.line.spawn(fmt.Sprintf("%s.%d", u.ID, n), w.line.now.Add(after), func(s *strand) {
			if w.broken == nil {
				known.delivered++
				w.start(s.name+"-run", known)
			}
		})
	}
}

// releaseOf is the name that the contract gives the release of an event.
func releaseOf(key, version string, at time.Time) string {
	sum := sha256.Sum256([]byte(artifactBucket + "\x00" + key + "\x00" + version))
	return at.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(sum[:])[:8]
}

// disturb does what happens at a time.
func (w *world) disturb(f Fault, s *strand) {
	if w.broken != nil {
		return
	}
	w.journal.say("", "! %s", f)
	until := w.line.now.Add(f.For)
	switch f.Kind {
	case Abort:
		w.abort(f.Upload)
	case LostNode:
		w.model.KillTaskManager(app)
	case LostJobManager:
		w.model.RestartJobManager(app)
	case DeleteOutside:
		w.model.DeleteOutside(app)
		w.journal.meddled = w.line.now
	case FlinkAway:
		w.model.CutOff(app, "connection refused")
		s.sleepUntil(until)
		w.model.CutOff(app, "")
	case SavepointsFail:
		w.model.BreakSavepoints(app, "java.io.IOException: disk full")
		s.sleepUntil(until)
		w.model.BreakSavepoints(app, "")
	case OperatorAway:
		if w.frozen.IsZero() {
			w.frozen = w.line.now
			s.sleepUntil(until)
			w.frozen = time.Time{}
		}
	case ClusterAway, LedgerAway, SavepointsHang:
		w.away[f.Kind] = until
	case OperatorLies:
		w.lies = true
	case Resume:
		w.resume()
	}
}

// abort stops the executions of an upload, as StopExecution does.
func (w *world) abort(upload string) {
	u := w.uploads[upload]
	if u == nil {
		return
	}
	for _, e := range u.executions {
		if e.cancel != nil {
			e.cancel()
			e.strand.rouse()
		}
	}
}

// resume closes the circuit, as the command does.
func (w *world) resume() {
	w.amend(func(d *ledger.Document) { d.Circuit = nil })
}

func (w *world) endings() map[string]int {
	count := map[string]int{}
	for _, id := range w.journal.order {
		r := w.journal.record(id)
		count[string(r.Outcome)+" "+string(r.Reason)]++
	}
	return count
}

func (w *world) reasons() map[string]flink.Reason {
	all := map[string]flink.Reason{}
	for id, u := range w.uploads {
		if r := w.journal.record(u.release); r != nil {
			all[id] = r.Reason
		}
	}
	return all
}
