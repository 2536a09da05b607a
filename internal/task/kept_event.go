package task

import (
	"encoding/json"

	"github.com/sluice-flink/sluice/events"
)

// maxEvent bounds what is kept of an event, in bytes: the longest names that S3 has, as JSON. A usual one has some 800.
const maxEvent = 44 << 10

// keptEvent is what a release and its record keep of the event that asked for
// it: the fields that are known here and no others, whoever sent them. It can
// be delivered again and means the same. Texts that people wrote are made fit
// to be told; names, keys and ids stay as they are, since they identify.
func keptEvent(raw json.RawMessage) json.RawMessage {
	e, err := events.Parse(raw)
	if err != nil {
		return text(raw)
	}
	for _, s := range []*string{&e.Version, &e.ID, &e.DetailType, &e.Source, &e.Account, &e.Region} {
		*s = line(*s)
	}
	e.Resources = keptResources(e)
	e.Detail = keptDetail(e)
	kept, err := json.Marshal(e)
	if err != nil || len(kept) > maxEvent {
		return text(raw)
	}
	return kept
}

// keptDetail reads and writes the detail by its type.
func keptDetail(e events.Event) json.RawMessage {
	var detail any
	if created, ok, err := events.ObjectCreated(e); ok && err == nil {
		for _, s := range []*string{&created.Version, &created.RequestID, &created.Requester, &created.SourceIPAddress, &created.Reason} {
			*s = line(*s)
		}
		detail = created
	}
	if asked, ok, err := events.ChangeRequested(e); ok && err == nil {
		asked.By, asked.Why = line(asked.By), line(asked.Why)
		detail = asked
	}
	if alarm, ok, err := events.AlarmStateChanged(e); ok && err == nil {
		detail = keptAlarm(alarm)
	}
	kept, err := json.Marshal(detail)
	if err != nil || detail == nil {
		return text(e.Detail)
	}
	return kept
}

// keptResources are an alarm's own name, by which its tags are read. Nothing else is asked by it.
func keptResources(e events.Event) []string {
	if e.Source != events.AlarmSource || len(e.Resources) == 0 {
		return nil
	}
	return []string{line(e.Resources[0])}
}

// keptAlarm leaves out what was before. Of metrics some are enough to tell whose
// the alarm is: those that it has in common with the others.
func keptAlarm(d events.AlarmStateChangedDetail) events.AlarmStateChangedDetail {
	const most = 10
	d.PreviousState = nil
	for _, s := range []*string{&d.State.Reason, &d.Configuration.Description, &d.Configuration.AlarmRule} {
		*s = line(*s)
	}
	d.State.ReasonData = address(d.State.ReasonData)
	d.Configuration.Metrics = d.Configuration.Metrics[:min(len(d.Configuration.Metrics), most)]
	return d
}

// text is the beginning of what has another form, as a JSON string. Of a string
// that is the same string.
func text(raw json.RawMessage) json.RawMessage {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		s = string(raw)
	}
	b, _ := json.Marshal(line(s)) // a string: cannot fail
	return b
}
