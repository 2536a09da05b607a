package metrics

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/sluice-flink/sluice/events"
)

// Status is an alarm and what it says.
type Status struct {
	Definition
	State        State                  `json:"state"`
	Reason       string                 `json:"reason"`
	ReasonData   string                 `json:"reasonData,omitempty"`
	Updated      time.Time              `json:"updated"`
	Transitioned time.Time              `json:"transitioned"`
	Configured   time.Time              `json:"configured"`
	Contributors map[string]Contributor `json:"contributors,omitempty"` // in ALARM, by id
}

// Contributor is one series of an alarm's query that is in ALARM.
type Contributor struct {
	ID           string            `json:"id"`
	Attributes   map[string]string `json:"attributes"`
	Reason       string            `json:"reason"`
	Transitioned time.Time         `json:"transitioned"`
}

// Clock is where the service takes its time from.
type Clock interface {
	Now() time.Time
	// Sleep waits for d, or until ctx is done, in which case it returns ctx's error.
	Sleep(ctx context.Context, d time.Duration) error
}

// Options say what Open makes.
type Options struct {
	File            string       // of definitions and states
	Alarms          []Definition // of the template; they replace those of their names
	Account, Region string
	Partition       string
	Clock           Clock
	Send            func(events.Event) // on the default bus
	Gather          func() []Datum     // what AWS services put themselves, at every look; may be nil
	Log             func(format string, args ...any)
}

// Errors of the service.
var (
	ErrNotFound = errors.New("there is no such alarm")
	ErrInvalid  = errors.New("the request is not valid")
)

// Service keeps data points and evaluates alarms. It is safe for concurrent use.
type Service struct {
	o      Options
	mu     sync.Mutex
	series map[string]*series
	alarms map[string]*Status // by name
}

// Open reads what an earlier process left and sets the template's alarms.
func Open(o Options) (*Service, error) {
	s := &Service{o: o, series: map[string]*series{}, alarms: map[string]*Status{}}
	kept, err := readStatuses(o.File)
	if err != nil {
		return nil, err
	}
	for _, k := range kept {
		s.alarms[k.Name] = &k
	}
	for _, d := range o.Alarms {
		if err := s.Set(d); err != nil {
			return nil, fmt.Errorf("alarm %s: %w", d.Name, err)
		}
	}
	return s, nil
}

// Put keeps data points, all or none.
func (s *Service) Put(data []Datum) error {
	for _, d := range data {
		if err := d.check(s.o.Clock.Now()); err != nil {
			return fmt.Errorf("%w: %w", ErrInvalid, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range data {
		key := keyOf(d.Namespace, d.Name, d.Dimensions)
		if s.series[key] == nil {
			s.series[key] = &series{namespace: d.Namespace, name: d.Name, dimensions: maps.Clone(d.Dimensions), minutes: map[int64]statistics{}}
		}
		s.series[key].add(d)
	}
	return nil
}

// Set makes an alarm or replaces its definition; its state stays.
func (s *Service) Set(d Definition) error {
	d, err := d.normal()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Clock.Now().UTC()
	if d.ARN == "" {
		d.ARN = fmt.Sprintf("arn:%s:cloudwatch:%s:%s:alarm:%s", s.o.Partition, s.o.Region, s.o.Account, d.Name)
	}
	if known := s.alarms[d.Name]; known != nil {
		if d.Tags == nil {
			d.Tags = known.Tags
		}
		known.Definition, known.Configured = d, now
		return s.keep()
	}
	s.alarms[d.Name] = &Status{Definition: d, State: Insufficient, Reason: "Unchecked: Initial alarm creation", Updated: now, Transitioned: now, Configured: now}
	return s.keep()
}

// Alarms describes alarms, ordered by name.
func (s *Service) Alarms(wanted func(Status) bool) []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Status
	for _, a := range s.alarms {
		if wanted(*a) {
			all = append(all, *a)
		}
	}
	slices.SortFunc(all, func(a, b Status) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// Contributors are the series that are in ALARM, ordered by id.
func (s *Service) Contributors(name string) ([]Contributor, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.alarms[name]
	if a == nil {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, name)
	}
	return slices.SortedFunc(maps.Values(a.Contributors), func(a, b Contributor) int { return cmp.Compare(a.ID, b.ID) }), nil
}

// Tags are those of the alarm with that ARN.
func (s *Service) Tags(arn string) (map[string]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.alarms {
		if a.ARN == arn {
			return maps.Clone(a.Tags), nil
		}
	}
	return nil, fmt.Errorf("%w: %s", ErrNotFound, arn)
}

// Tag adds tags to the alarm with that ARN.
func (s *Service) Tag(arn string, tags map[string]string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.alarms {
		if a.ARN == arn {
			all := maps.Clone(a.Tags)
			if all == nil {
				all = map[string]string{}
			}
			maps.Copy(all, tags)
			a.Tags = all
			return s.keep()
		}
	}
	return fmt.Errorf("%w: %s", ErrNotFound, arn)
}

// SetState says what an alarm says until it is evaluated again, as a test does.
func (s *Service) SetState(name string, state State, reason string) error {
	s.mu.Lock()
	a := s.alarms[name]
	if a == nil {
		s.mu.Unlock()
		return fmt.Errorf("%w: %s", ErrNotFound, name)
	}
	told := s.move(a, outcome{state: state, reason: reason}, s.o.Clock.Now().UTC())
	err := s.keep()
	s.mu.Unlock()
	s.tell(told)
	return err
}

// lookEvery is how often alarms are looked at.
const lookEvery = 10 * time.Second

// Run looks at all alarms again and again until ctx is done.
func (s *Service) Run(ctx context.Context) {
	for s.o.Clock.Sleep(ctx, lookEvery) == nil {
		s.Look()
	}
}

// Look evaluates every alarm once.
func (s *Service) Look() {
	if s.o.Gather != nil {
		if err := s.Put(s.o.Gather()); err != nil {
			s.o.Log("metrics of AWS services: %v", err)
		}
	}
	s.tell(s.look())
}

func (s *Service) look() []events.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Clock.Now().UTC()
	maps.DeleteFunc(s.series, func(_ string, one *series) bool { return one.forget(now) })
	var told []events.Event
	for _, name := range slices.Sorted(maps.Keys(s.alarms)) {
		told = append(told, s.evaluate(s.alarms[name], now)...)
	}
	if len(told) > 0 {
		if err := s.keep(); err != nil {
			s.o.Log("states of alarms are not kept: %v", err)
		}
	}
	return told
}

// evaluate evaluates one alarm and returns what there is to tell.
func (s *Service) evaluate(a *Status, now time.Time) []events.Event {
	if a.Expression != "" {
		return s.evaluateQuery(a, now)
	}
	one := s.series[keyOf(a.Namespace, a.MetricName, a.Dimensions)]
	if one == nil {
		one = &series{}
	}
	points := one.points(a.Statistic, a.Period, a.EvaluationPeriods+beyond, now)
	out := evaluate(a.Definition, a.State, points)
	if out.state == a.State {
		return nil
	}
	return s.move(a, out, now)
}

// move brings an alarm into a state and makes the event of it.
func (s *Service) move(a *Status, out outcome, now time.Time) []events.Event {
	before := *a
	a.State, a.Reason, a.ReasonData, a.Updated = out.state, out.reason, a.data(out, now), now
	if a.State == before.State {
		return nil
	}
	a.Transitioned = now
	return []events.Event{s.stateChange(before, *a)}
}

func (s *Service) tell(all []events.Event) {
	for _, e := range all {
		s.o.Log("%s: %s", e.DetailType, e.Detail)
		s.o.Send(e)
	}
}
