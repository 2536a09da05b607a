package task

import (
	"encoding/json"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
)

// maxEvent bounds what is kept of an event, in bytes. S3's have some 800.
const maxEvent = 16 << 10

// keptEvent is what a release and its record keep of the event that asked for
// it: the fields that are known here and no others, whoever sent them. It can
// be delivered again and means the same. Texts that people wrote are made fit
// to be told; names, keys and ids stay as they are, since they identify.
func keptEvent(raw json.RawMessage) json.RawMessage {
	e, err := events.Parse(raw)
	switch {
	case err != nil && len(raw) <= flink.MaxLine && json.Valid(raw) && raw[0] == '"':
		return raw // it was unreadable before
	case err != nil:
		return text(string(raw))
	}
	for _, s := range []*string{&e.Version, &e.ID, &e.DetailType, &e.Source, &e.Account, &e.Region} {
		*s = line(*s)
	}
	e.Resources = nil
	e.Detail = keptDetail(e)
	kept, err := json.Marshal(e)
	if err != nil || len(kept) > maxEvent {
		return text(string(raw))
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
		return text(string(e.Detail))
	}
	return kept
}

// text is the beginning of something unreadable, as a JSON string.
func text(s string) json.RawMessage {
	b, _ := json.Marshal(flink.Foreign(s, flink.MaxLine)) // a string: cannot fail
	return b
}
