package local

import (
	"sync"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/local/sfn"
	"github.com/sluice-flink/sluice/local/template"
)

// observer tells the default bus, and whoever asked, how executions fare.
func (p *Plane) observer(asked func(sfn.Execution)) func(sfn.Execution) {
	return func(e sfn.Execution) {
		change := e.StatusChange(Place.Account, Place.Region)
		if !p.early.add(change) {
			p.announce(change)
		}
		if asked != nil {
			asked(e)
		}
	}
}

func (p *Plane) announce(e events.Event) {
	if err := p.bus.Put(template.DefaultBus, e); err != nil {
		p.log.printf("an event of Step Functions is lost: %v: %s", err, e.Detail)
	}
}

// early holds events until there is a bus to put them on.
type early struct {
	mu      sync.Mutex
	flushed bool
	events  []events.Event
}

// add reports whether the event was taken; once flushed, none is.
func (q *early) add(e events.Event) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.flushed {
		q.events = append(q.events, e)
	}
	return !q.flushed
}

func (q *early) flush(put func(events.Event)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, e := range q.events {
		put(e)
	}
	q.flushed, q.events = true, nil
}
