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
	e.Resources = nil
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
	kept, err := json.Marshal(detail)
	if err != nil || detail == nil {
		return text(e.Detail)
	}
	return kept
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
