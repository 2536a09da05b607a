package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/local/bus/pattern"
)

// Rule sends the events of one bus that match its pattern to its targets.
type Rule struct {
	Name, Bus string
	ARN       string // what dead letters say of where they came from
	Pattern   *pattern.Pattern
	Targets   []Target
}

// Target is where a rule sends to.
type Target struct {
	ID, ARN string
	Queue   string        // name of the queue for dead letters; empty: they are dropped, and logged
	MaxAge  time.Duration // an event older than this is given up
	Retries int           // after the first try
}

// Deliver hands an event to a target. name is the same for every try of one
// delivery. An error that wraps ErrRefused is not tried again.
type Deliver func(ctx context.Context, target, name string, event []byte) error

// Errors of a bus.
var (
	ErrRefused = errors.New("the target refuses the event")
	ErrNoBus   = errors.New("there is no such event bus")
)

// Clock is where the bus takes its time from.
type Clock interface {
	Now() time.Time
	// Sleep waits for d, or until ctx is done, in which case it returns ctx's error.
	Sleep(ctx context.Context, d time.Duration) error
}

// Options say what Open makes.
type Options struct {
	Dir     string // of undelivered events and dead letters
	Buses   []string
	Rules   []Rule
	Deliver Deliver
	Clock   Clock
	Log     func(format string, args ...any)
}

// Bus routes events. It is safe for concurrent use.
type Bus struct {
	o       Options
	pending spool[delivery]
	letters spool[Letter]
	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	mu      sync.Mutex // guards closed against working.Add
	closed  bool
	working sync.WaitGroup
}

// Open opens the bus on its directory and takes up deliveries that an earlier
// process left.
func Open(o Options) (*Bus, error) {
	ctx, stop := context.WithCancel(context.Background())
	b := &Bus{
		o: o, ctx: ctx, stop: stop,
		pending: spool[delivery]{dir: filepath.Join(o.Dir, "undelivered")},
		letters: spool[Letter]{dir: lettersDir(o.Dir)},
	}
	left, err := b.pending.all()
	if err != nil {
		stop()
		return nil, err
	}
	for _, d := range left {
		b.begin(d)
	}
	return b, nil
}

// Close ends deliveries under way; they are taken up by the next Open.
func (b *Bus) Close() {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.stop()
	b.working.Wait()
}

// Put routes an event of the named bus. Once it returns nil, what matched will
// be delivered, even if the process ends now. The error wraps ErrNoBus where
// there is no such bus.
func (b *Bus) Put(name string, e events.Event) error {
	if !b.has(name) {
		return fmt.Errorf("%w: %s", ErrNoBus, name)
	}
	text, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write the event: %w", err)
	}
	for _, rule := range b.o.Rules {
		if rule.Bus != name {
			continue
		}
		matched, err := rule.Pattern.Matches(text)
		if err != nil {
			return err
		}
		if matched {
			if err := b.send(rule, e.ID, text); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *Bus) has(name string) bool {
	for _, known := range b.o.Buses {
		if known == name {
			return true
		}
	}
	return false
}

// send writes down a delivery for every target, then begins it.
func (b *Bus) send(rule Rule, event string, text []byte) error {
	for _, target := range rule.Targets {
		d := delivery{ID: event + "_" + uuid.NewString(), Rule: rule.Name, Origin: rule.ARN, Target: target, Event: text, Since: b.o.Clock.Now()}
		if err := b.keep(d); err != nil {
			return err
		}
		b.o.Log("event %s matches rule %s: to %s", event, rule.Name, target.ARN)
	}
	return nil
}

// Send delivers a payload to a target without a rule: what a schedule does.
// origin is the ARN that a dead letter names. Once it returns nil the payload
// will be delivered, even if the process ends now.
func (b *Bus) Send(origin string, to Target, payload []byte) error {
	name := origin[strings.LastIndexByte(origin, '/')+1:]
	return b.keep(delivery{ID: name + "_" + uuid.NewString(), Rule: name, Origin: origin, Target: to, Event: payload, Since: b.o.Clock.Now()})
}

// keep writes a delivery down and begins it.
func (b *Bus) keep(d delivery) error {
	if err := b.pending.put(d.ID, d); err != nil {
		return err
	}
	b.begin(d)
	return nil
}

func (b *Bus) begin(d delivery) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return // the next Open finds it
	}
	b.working.Go(func() { b.deliver(d) })
}
