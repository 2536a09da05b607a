package bus

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Waiting between tries. The service says only that it backs off exponentially with jitter.
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
const (
	firstWait = time.Second
	maxWait   = 5 * time.Minute
)

// delivery is one event on its way to one target.
type delivery struct {
	ID     string          `json:"id"`
	Rule   string          `json:"rule"`             // or schedule
	Origin string          `json:"origin,omitempty"` // its ARN
	Target Target          `json:"target"`
	Event  json.RawMessage `json:"event"`
	Since  time.Time       `json:"since"`
}

// deliver tries until the target has the event, refuses it, or its time is
// over. When the bus is closed it stops, and the delivery stays written down.
func (b *Bus) deliver(d delivery) {
	for try := 0; ; try++ {
		err := b.o.Deliver(b.ctx, d.Target.ARN, d.ID, d.Event)
		if b.ctx.Err() != nil && err != nil {
			return
		}
		if err == nil {
			b.forget(d)
			return
		}
		wait := waitAfter(try)
		if reason := d.givenUp(err, try, b.o.Clock.Now().Add(wait)); reason != "" {
			b.bury(d, err, reason, try+1)
			return
		}
		b.o.Log("deliver %s to %s, try %d: %v", d.ID, d.Target.ARN, try+1, err)
		if b.o.Clock.Sleep(b.ctx, wait) != nil {
			return
		}
	}
}

// givenUp says why there is no further try; empty: there is.
func (d delivery) givenUp(err error, try int, next time.Time) string {
	switch {
	case errors.Is(err, ErrRefused):
		return "REFUSED"
	case try >= d.Target.Retries:
		return "RETRIES_EXHAUSTED"
	case next.Sub(d.Since) > d.Target.MaxAge:
		return "MAXIMUM_AGE_EXCEEDED"
	}
	return ""
}

func waitAfter(try int) time.Duration {
	wait := maxWait
	if try < 16 {
		wait = min(firstWait<<try, maxWait)
	}
	return wait/2 + rand.N(wait/2+1)
}

// bury leaves a dead letter where the target has a queue for them.
func (b *Bus) bury(d delivery, cause error, reason string, tries int) {
	b.o.Log("event of rule %s could not be delivered to %s (%s): %v", d.Rule, d.Target.ARN, reason, cause)
	if d.Target.Queue != "" {
		l := Letter{ID: d.ID, Queue: d.Target.Queue, Rule: d.Rule, Origin: d.Origin, Target: d.Target, Event: d.Event, At: b.o.Clock.Now(), Tries: tries, Reason: reason, Cause: fmt.Sprint(cause)}
		if err := b.letters.put(l.ID, l); err != nil {
			b.o.Log("the dead letter cannot be kept, the delivery stays to be tried at the next start: %v", err)
			return
		}
	}
	b.forget(d)
}

func (b *Bus) forget(d delivery) {
	if err := b.pending.remove(d.ID); err != nil {
		b.o.Log("the delivery is done, but will be repeated at the next start: %v", err)
	}
}
