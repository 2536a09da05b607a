package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/jar/jartest"
)

// happen brings an event about and delivers word of it.
func (w *world) happen(e Event) {
	if w.broken != nil {
		return
	}
	known := &asked{Event: e, at: w.line.now}
	machine := functions.Release
	switch {
	case e.Ask != nil:
		w.ask(known)
	case e.Alarm != nil:
		machine = functions.Remediate
		w.goOff(known)
	case e.Tick != nil:
		machine = functions.Rotate
		w.tickAt(known)
	default:
		w.upload(known)
	}
	w.asked[e.ID] = known
	w.journal.say(e.ID, "%s", e.what())
	for n, after := range e.Arrive {
		w.line.spawn(fmt.Sprintf("%s.%d", e.ID, n), w.line.now.Add(after), func(s *strand) {
			if w.broken == nil {
				known.delivered++
				w.startOn(machine, s.name+"-run", known)
			}
		})
	}
}

// upload writes an object. S3 tells of it.
func (w *world) upload(u *asked) {
	if u.isJar() {
		w.model.Plant(jartest.SHA256(u.body()), targettest.Behaviours()[u.Version])
	}
	o := w.objects.Put(artifactBucket, u.Key, u.body(), second(w.line.now))
	detail := events.ObjectCreatedDetail{Version: "0"}
	detail.Bucket.Name, detail.Object.Key, detail.Object.Size, detail.Object.ETag, detail.Object.VersionID = artifactBucket, u.Key, o.Size, o.ETag, o.Version
	u.event = eventOf(u.ID, events.ObjectCreatedSource, events.ObjectCreatedType, w.line.now, detail)
	u.release = releaseOf(second(w.line.now), artifactBucket+"\x00"+u.Key+"\x00"+o.Version)
}

// ask sends what the command sends. A snapshot is chosen of those that are known by then.
func (w *world) ask(u *asked) {
	c := u.Ask.Change
	if known := w.journal.document.Snapshots; c.Kind == flink.Redeploy && len(known) > 0 {
		c.Snapshot = known[max(len(known)-1-u.Ask.Aged, 0)].Path
	}
	detail := events.ChangeRequestedDetail{Request: "request-" + u.ID, Namespace: app.Namespace, Application: app.Name, Change: string(c.Kind),
		By: c.By, Why: "because", Automatic: c.Automatic, Revision: c.Revision, Snapshot: c.Snapshot, Parallelism: c.Parallelism,
		AbandonState: c.AbandonState, Release: c.Release, DryRun: c.DryRun}
	u.event = eventOf(u.ID, events.Source, events.ChangeRequestedType, w.line.now, detail)
	u.release = releaseOf(second(w.line.now), "request\x00"+app.String()+"\x00"+detail.Request)
}

func eventOf(id, source, detailType string, at time.Time, detail any, resources ...string) []byte {
	raw, err := json.Marshal(detail)
	must(err)
	event, err := json.Marshal(events.Event{Version: "0", ID: id, Source: source, DetailType: detailType, Time: second(at), Resources: resources, Detail: raw})
	must(err)
	return event
}

// tickAt is the input that the scheduler starts a rotation with.
func (w *world) tickAt(u *asked) {
	at := second(w.line.now.Add(u.Tick.Off)).UTC()
	event, err := json.Marshal(events.Tick{Schedule: "arn:aws:scheduler:eu-west-1:111122223333:schedule/default/rotate", Time: at.Format(time.RFC3339)})
	must(err)
	sum := sha256.Sum256([]byte(app.String()))
	u.event, u.release = event, at.Format("20060102T150405Z")+"-rotation-"+hex.EncodeToString(sum[:3])
}

// releaseOf is the name that the contract gives the release of an event.
func releaseOf(at time.Time, identity string) string {
	sum := sha256.Sum256([]byte(identity))
	return at.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(sum[:])[:8]
}
