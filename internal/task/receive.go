package task

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// receive reads an alarm's event, finds its application and opens an incident,
// or joins the one that is open. What needs nothing is recorded and ends there.
func (t Tasks) receive(ctx context.Context, r *Remediation) error {
	a, err := readAlarm(r.Event)
	r.Event = keptEvent(r.Event)
	switch {
	case err != nil:
		r.ID, r.Application = r.Started.UTC().Format(releaseTime)+"-"+baseName(r.Execution), ledger.NoApplication
		return t.ignore(ctx, r, flink.Objection{Check: flink.CheckAlarmEvent, Message: err.Error()})
	case a == nil:
		r.end(flink.IncidentIgnored, flink.CheckAlarmEvent, "no reader for this event: it is no alarm's")
		return nil
	}
	r.Alarm, r.Application = a.raised(), ledger.NoApplication
	if why := a.elsewhere(t.Config); why != "" {
		r.end(flink.IncidentIgnored, flink.CheckOurs, why)
		return nil
	}
	app, by, none, err := t.ownerOf(ctx, a)
	if err != nil {
		return err
	}
	if r.FoundBy = by; by != "" {
		r.Application = app
	}
	if none != nil {
		r.ID = a.id
		return t.ignore(ctx, r, *none)
	}
	return t.openIncident(ctx, r, a)
}

// ownerOf finds an alarm's application, or why nothing is done about the event. Of
// one that is not dealt with anyway, the event alone is asked.
func (t Tasks) ownerOf(ctx context.Context, a *alarmEvent) (flink.Application, string, *flink.Objection, error) {
	if no := a.objection(); no != nil {
		app, by, _ := nameOf(a.Dimensions(), a.Tags)
		return app, by, no, nil
	}
	return t.owner(ctx, a)
}

// objected carries an objection out of an update.
type objected struct{ flink.Objection }

func (o objected) Error() string { return o.Message }

// errNoRoom: an incident has as many alarms as it takes. An event that finds it
// so waits in its own execution, and is received again as if it came then.
var errNoRoom = errors.New("the incident that is open has no room for a further alarm: this one is dealt with when it has ended")

// roomAgain is how long it waits before it looks again.
const roomAgain = 5 * time.Minute

// openIncident opens one, joins the one that is open, or takes over one whose
// holder died.
func (t Tasks) openIncident(ctx context.Context, r *Remediation, a *alarmEvent) error {
	policy, unreadable := flink.Remediation{}, ""
	m, err := t.readManifest(ctx, r.Application, "")
	switch {
	case err == nil:
		policy = m.Policy.Remediation
	case flink.CodeOf(err) == flink.Invalid:
		unreadable = err.Error()
	default:
		return err
	}
	ended, err := t.dealtWith(ctx, r.Application, a.id)
	if err != nil {
		return err
	}
	joins := ""
	_, err = ledger.Update(ctx, t.Ledger, r.Application, func(d *ledger.Document) error {
		its := d.Incident != nil && d.Incident.ID == a.id // what its own steps have changed since is no reason to leave it open
		var no *flink.Objection
		switch {
		case !its && ended:
			no = &flink.Objection{Check: flink.CheckFirstOfEvent, Message: "this event was dealt with before: its record is " + a.id}
		case !its:
			no = flink.Answer(t.standing(*d, a, policy, unreadable))
		}
		if no != nil {
			return objected{*no}
		}
		joins = ""
		return t.join(r, a, d, &joins)
	})
	r.ID = a.id
	var no objected
	switch {
	case errors.As(err, &no):
		return t.ignore(ctx, r, no.Objection)
	case errors.Is(err, errNoRoom):
		r.ID, r.Decision, r.Seconds = "", ToRecheck, int64(roomAgain/time.Second)
		r.note(t.Clock.Now(), "Diagnose", err.Error())
		return nil
	case err != nil:
		r.ID = ""
		return err
	}
	return t.joined(ctx, r, joins)
}

// join changes the document: joins is the incident that was there.
func (t Tasks) join(r *Remediation, a *alarmEvent, d *ledger.Document, joins *string) error {
	now, i := t.Clock.Now(), d.Incident
	if i == nil {
		d.Incident = &ledger.Incident{ID: a.id, Holder: r.Execution, Expires: now.Add(incidentTerm), Opened: now, Alarms: []ledger.Raised{r.Alarm}, Event: r.Event}
		return nil
	}
	if i.ID != a.id {
		*joins = i.ID
	}
	if i.Holder == r.Execution { // an answer was lost
		return nil
	}
	if i.ID == a.id && i.Open(now) {
		return objected{flink.Objection{Check: flink.CheckFirstOfEvent, Message: "this event is being dealt with by another execution"}}
	}
	if i.ID != a.id && !i.Join(r.Alarm) {
		return errNoRoom
	}
	if !i.Open(now) { // its holder is dead
		i.Holder, i.Expires = r.Execution, now.Add(incidentTerm)
	}
	return nil
}

// joined tells what became of an event that found an incident open: it is
// recorded, and its execution ends unless it took the incident over.
func (t Tasks) joined(ctx context.Context, r *Remediation, joins string) error {
	if joins == "" {
		return nil
	}
	own := *r
	own.end(flink.IncidentIgnored, flink.CheckOnly, "it joins incident "+joins+", which is open")
	record := own.record(t.Clock.Now(), nil)
	record.Joins = joins
	if err := t.Ledger.WriteIncident(ctx, record); err != nil {
		return err
	}
	d, _, err := t.Ledger.Document(ctx, r.Application)
	if err != nil {
		return err
	}
	if i := d.Incident; i != nil && i.ID == joins && i.Holder == r.Execution {
		r.ID, r.Event, r.Alarm = joins, i.Event, i.Alarms[0]
		r.note(t.Clock.Now(), "Diagnose", "nothing was heard of who dealt with it: it goes on here")
		return nil
	}
	*r = own
	return nil
}

// ignore records an event about which nothing is done. An event that was dealt
// with before keeps the record it has.
func (t Tasks) ignore(ctx context.Context, r *Remediation, no flink.Objection) error {
	r.end(flink.IncidentIgnored, no.Check, no.Message)
	if no.Check == flink.CheckFirstOfEvent {
		return nil
	}
	record := r.record(t.Clock.Now(), nil)
	if no.Check == flink.CheckDeployed && !t.knows(ctx, r.Application) {
		record.Application = ledger.NoApplication // nobody would look below a name that is none
		r.ID = r.ofTheDay()
		record.ID = r.ID
	}
	return t.Ledger.WriteIncident(ctx, record)
}

// ofTheDay is the id of the record of an alarm that names an application which
// nobody here knows. It may be another installation's, and come and go for years:
// it has one record a day.
func (r *Remediation) ofTheDay() string {
	sum := sha256.Sum256([]byte("unknown\x00" + r.Application.String() + "\x00" + r.Alarm.Alarm + "\x00" + r.Alarm.Series))
	return r.Started.UTC().Truncate(24*time.Hour).Format(releaseTime) + "-" + hex.EncodeToString(sum[:])[:8]
}

// knows tells whether the ledger has heard of an application.
func (t Tasks) knows(ctx context.Context, app flink.Application) bool {
	_, v, err := t.Ledger.Document(ctx, app)
	return err != nil || v != ""
}

// dealtWith tells whether an event has a record already.
func (t Tasks) dealtWith(ctx context.Context, app flink.Application, id string) (bool, error) {
	_, err := t.Ledger.Incident(ctx, app, id)
	if err != nil {
		return false, unless(flink.NotFound, err)
	}
	return true, nil
}

func (t Tasks) standing(d ledger.Document, a *alarmEvent, policy flink.Remediation, unreadable string) flink.Standing {
	s := flink.Standing{Alarm: line(a.AlarmName), Triggers: a.Triggers(), Deployed: d.Current != "" || d.Applied != "", OwnWork: a.ownWork(t.Config), Policy: policy, Unreadable: unreadable, Suspended: d.Suspended != nil, Deleted: deletedHow(d)}
	if d.Circuit != nil {
		s.Circuit = d.Circuit.Message
	}
	return s
}
