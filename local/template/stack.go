package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Stack is what a template asks for on one machine, every list ordered by logical id.
type Stack struct {
	Place     Place
	Buckets   []Bucket
	Functions []Function
	Machines  []Machine
	Buses     []Bus
	Rules     []Rule
	Queues    []Queue
	Topics    []Topic
	Schedules []Schedule
	Alarms    []Alarm
	Outputs   map[string]string // outputs that are texts
}

// ID is how a resource is called: in the template and on AWS.
type ID struct{ Logical, Name, ARN string }

// Bucket is an S3 bucket.
type Bucket struct {
	ID
	Versioned bool
	Notifies  bool // sends its events to the default event bus
}

// Function is a Lambda function.
type Function struct {
	ID
	Timeout     time.Duration
	Environment map[string]string
}

// Machine is a Standard state machine.
type Machine struct {
	ID
	RoleARN    string
	Definition []byte // Amazon States Language, placeholders filled in
}

// Bus is an event bus beside the default one.
type Bus struct{ ID }

// Queue is an SQS queue; here it only ever takes dead letters.
type Queue struct{ ID }

// Topic is an SNS topic.
type Topic struct{ ID }

// Alarm is a metric alarm, on a metric or on a Metrics Insights query.
type Alarm struct {
	ID
	Description                                  string
	Namespace, Metric, Statistic                 string
	Dimensions                                   map[string]string
	QueryID, Expression                          string
	Period, EvaluationPeriods, DatapointsToAlarm int // the period in seconds
	Threshold                                    float64
	Comparison, TreatMissing                     string
	Tags                                         map[string]string
}

// Schedule is a schedule of EventBridge Scheduler.
type Schedule struct {
	ID
	Expression string // rate(…) or cron(…), in UTC
	Enabled    bool
	Input      string // of the target, with context attributes; {} where the template says nothing
	Target     Target // a state machine or a function of the stack
}

// Rule is an event rule.
type Rule struct {
	ID
	Bus     string // name of the bus it listens on
	Enabled bool
	Pattern json.RawMessage
	Targets []Target
}

// Target is where a rule sends what matches.
type Target struct {
	ID         string
	ARN        string        // of a state machine of the stack
	DeadLetter string        // ARN of a queue of the stack; empty: what cannot be delivered is dropped
	MaxAge     time.Duration // an event older than this is given up
	Retries    int           // after the first try
}

// IsFunction tells whether an ARN is that of a function of the stack.
func (s *Stack) IsFunction(arn string) bool {
	return slices.ContainsFunc(s.Functions, func(f Function) bool { return f.ARN == arn })
}

// Resolve fills in parameters and intrinsics. Every fault is reported at once,
// with the logical id of the resource it is in.
func (t *Template) Resolve(place Place, parameters map[string]string) (*Stack, error) {
	values, err := t.fill(parameters)
	if err != nil {
		return nil, err
	}
	r := &resolver{t: t, place: place, parameters: values, naming: map[string]bool{}}
	s := &Stack{Place: place, Outputs: map[string]string{}}
	var faults []error
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		if err := s.add(r, id); err != nil {
			faults = append(faults, fmt.Errorf("resource %s (%s): %w", id, t.Resources[id].Type, err))
		}
	}
	faults = append(faults, s.addOutputs(r)...)
	if len(faults) == 0 {
		faults = append(s.checkTargets(), s.checkSchedules()...)
	}
	return s, errors.Join(faults...)
}

func (s *Stack) add(r *resolver, id string) error {
	resource := r.t.Resources[id]
	read, ok := readers[resource.Type]
	if !ok {
		return nil // left out by decision; Parse has refused everything else
	}
	exists, err := r.condition(resource.Condition)
	if err != nil || !exists {
		return err
	}
	properties, err := r.obeyed(resource)
	if err != nil {
		return err
	}
	name, err := r.nameOf(id)
	if err != nil {
		return err
	}
	return read(s, ID{Logical: id, Name: name, ARN: kinds[resource.Type].arn(r.place, name)}, properties)
}

// obeyed resolves the properties that mean something here and refuses those nobody has judged.
func (r *resolver) obeyed(resource Resource) (map[string]any, error) {
	k := kinds[resource.Type]
	out := map[string]any{}
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(resource.Properties)) {
		if _, left := k.left[name]; left {
			continue
		}
		if !slices.Contains(k.read, name) {
			faults = append(faults, fmt.Errorf("property %s is not understood here", name))
			continue
		}
		value, err := r.value(resource.Properties[name])
		if err != nil {
			faults = append(faults, fmt.Errorf("property %s: %w", name, err))
			continue
		}
		if _, absent := value.(noValue); !absent {
			out[name] = value
		}
	}
	return out, errors.Join(faults...)
}

// addOutputs keeps the outputs that can be told here. One that describes a
// resource left out (a key's id, say) has nobody who could use it.
func (s *Stack) addOutputs(r *resolver) []error {
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(r.t.Outputs)) {
		output := r.t.Outputs[name]
		exists, err := r.condition(output.Condition)
		if err == nil && exists {
			s.Outputs[name], err = r.text(output.Value)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("output %s: %w", name, err))
		}
	}
	return faults
}

// checkSchedules refuses schedules that call what is not of this stack.
func (s *Stack) checkSchedules() []error {
	var faults []error
	for _, schedule := range s.Schedules {
		to := schedule.Target
		if !slices.ContainsFunc(s.Machines, func(m Machine) bool { return m.ARN == to.ARN }) && !slices.ContainsFunc(s.Functions, func(f Function) bool { return f.ARN == to.ARN }) {
			faults = append(faults, fmt.Errorf("schedule %s calls %s: only state machines and functions of the template are understood as targets here", schedule.Logical, to.ARN))
		}
		if to.DeadLetter != "" && !slices.ContainsFunc(s.Queues, func(q Queue) bool { return q.ARN == to.DeadLetter }) {
			faults = append(faults, fmt.Errorf("schedule %s leaves its dead letters in %s, which is no queue of the template", schedule.Logical, to.DeadLetter))
		}
	}
	return faults
}

// checkTargets refuses rules that send where nothing of this stack is.
func (s *Stack) checkTargets() []error {
	var faults []error
	for _, rule := range s.Rules {
		for _, target := range rule.Targets {
			if !slices.ContainsFunc(s.Machines, func(m Machine) bool { return m.ARN == target.ARN }) {
				faults = append(faults, fmt.Errorf("rule %s sends to %s: only state machines of the template are understood as targets here", rule.Logical, target.ARN))
			}
			if target.DeadLetter != "" && !slices.ContainsFunc(s.Queues, func(q Queue) bool { return q.ARN == target.DeadLetter }) {
				faults = append(faults, fmt.Errorf("rule %s leaves its dead letters in %s, which is no queue of the template", rule.Logical, target.DeadLetter))
			}
		}
		known := rule.Bus == DefaultBus || slices.ContainsFunc(s.Buses, func(b Bus) bool { return b.Name == rule.Bus })
		if !known {
			faults = append(faults, fmt.Errorf("rule %s listens on the bus %s, which is no bus of the template", rule.Logical, rule.Bus))
		}
	}
	return faults
}
