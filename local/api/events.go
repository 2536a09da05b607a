package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/local/bus"
)

// putRequest is the input of PutEvents.
// Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
type putRequest struct {
	Entries []putEntry
}

type putEntry struct {
	Source, DetailType, Detail, EventBusName string
	Resources                                []string
	Time                                     *float64 // seconds since 1970
	TraceHeader                              string   // for X-Ray, which is not here
}

type putAnswer struct {
	FailedEntryCount int
	Entries          []putResult
}

type putResult struct {
	EventId                 string `json:",omitempty"`
	ErrorCode, ErrorMessage string `json:",omitempty"`
}

const maxEntries = 10 // of one PutEvents

func putEvents(o Options) operation {
	return call(func(in putRequest) (any, error) {
		if len(in.Entries) == 0 || len(in.Entries) > maxEntries {
			return nil, badRequest("ValidationException", fmt.Sprintf("PutEvents takes 1 to %d entries, not %d", maxEntries, len(in.Entries)))
		}
		var out putAnswer
		for _, entry := range in.Entries {
			result := putOne(o, entry)
			if result.ErrorCode != "" {
				out.FailedEntryCount++
			}
			out.Entries = append(out.Entries, result)
		}
		return out, nil
	})
}

func putOne(o Options, entry putEntry) putResult {
	e, err := entry.event(o)
	if err != nil {
		return putResult{ErrorCode: "MalformedDetail", ErrorMessage: err.Error()}
	}
	err = o.Put(busName(entry.EventBusName), e)
	switch {
	case err == nil:
		return putResult{EventId: e.ID}
	case errors.Is(err, bus.ErrNoBus):
		return putResult{ErrorCode: "ResourceNotFoundException", ErrorMessage: err.Error()}
	}
	return putResult{ErrorCode: "InternalFailure", ErrorMessage: err.Error()}
}

// event makes the envelope that targets receive.
func (p putEntry) event(o Options) (events.Event, error) {
	var detail map[string]json.RawMessage
	if json.Unmarshal([]byte(p.Detail), &detail) != nil || p.Source == "" || p.DetailType == "" {
		return events.Event{}, errors.New("an entry needs Source, DetailType and a Detail that is a JSON object")
	}
	if strings.HasPrefix(p.Source, "aws.") {
		return events.Event{}, fmt.Errorf("the source %s is reserved for AWS", p.Source)
	}
	at := o.Now()
	if p.Time != nil {
		at = time.UnixMilli(int64(*p.Time * 1000))
	}
	resources := p.Resources
	if resources == nil {
		resources = []string{}
	}
	return events.Event{
		Version: "0", ID: uuid.NewString(), DetailType: p.DetailType, Source: p.Source, Account: o.Account, Region: o.Region,
		Time: at.UTC().Truncate(time.Second), Resources: resources, Detail: json.RawMessage(p.Detail),
	}, nil
}

// busName takes a name, an ARN, or nothing for the default bus.
func busName(name string) string {
	if name == "" {
		return "default"
	}
	if _, after, isARN := strings.Cut(name, ":event-bus/"); isARN {
		return after
	}
	return name
}
