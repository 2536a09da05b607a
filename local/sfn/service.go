package sfn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/asl/jsonata"
)

// Options say what Open makes.
type Options struct {
	Dir      string // of the executions' files
	Machines []Machine
	Invoke   Invoke
	Read     ReadObject // of ItemReaders; nil: they are refused
	JSONata  *jsonata.Engine
	Clock    asl.Clock
	Observe  func(Execution) // for every execution as it starts and as it ends, those that Open finds ended included; may be nil
	Log      func(format string, args ...any)
}

// Service executes state machines. It is safe for concurrent use.
type Service struct {
	o        Options
	files    files
	machines map[string]loaded // by ARN
	mu       sync.Mutex
	closed   bool
	known    map[string]*known // by ARN of the execution
	tokens   *asl.Tokens
	working  sync.WaitGroup
}

// loaded is a machine that has been read.
type loaded struct {
	Machine
	program *asl.Machine
}

// known is an execution; stop is nil once it has ended.
type known struct {
	execution Execution
	stop      context.CancelCauseFunc
}

// errPlaneStopped ends executions when the service is closed.
var errPlaneStopped = errors.New("the local plane was stopped")

// Open reads the machines and the executions of earlier processes. Those that
// were running are ABORTED.
func Open(o Options) (*Service, error) {
	if o.Observe == nil {
		o.Observe = func(Execution) {}
	}
	s := &Service{o: o, files: files{dir: o.Dir}, machines: map[string]loaded{}, known: map[string]*known{}, tokens: asl.NewTokens()}
	for _, m := range o.Machines {
		program, err := asl.Parse(m.Definition)
		if err != nil {
			return nil, fmt.Errorf("state machine %s: %w", m.Name, err)
		}
		s.machines[m.ARN] = loaded{Machine: m, program: program}
	}
	earlier, err := s.files.all()
	if err != nil {
		return nil, err
	}
	for _, e := range earlier {
		if e.Status == StatusRunning {
			e = e.ended(asl.Result{Status: asl.StatusAborted, Error: "Local.ProcessEnded", Cause: "the process that ran this execution ended before it did"}, o.Clock.Now())
			if err := s.files.end(machineName(e.MachineARN), e); err != nil {
				return nil, err
			}
			o.Observe(e)
		}
		s.known[e.ARN] = &known{execution: e}
	}
	return s, nil
}

func machineName(arn string) string { return arn[strings.LastIndex(arn, ":")+1:] }

// executionARN is the ARN of a machine's execution.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-statemachines.html
func executionARN(machine, name string) string {
	return strings.Replace(machine, ":stateMachine:", ":execution:", 1) + ":" + name
}

// Start starts an execution, or returns the one that runs already under that
// name with that input. An empty name stands for a random one. A refusal is an *Error.
func (s *Service) Start(machine, name string, input []byte) (Execution, error) {
	m, ok := s.machines[machine]
	if !ok {
		return Execution{}, refuse(StateMachineDoesNotExist, "there is no state machine %s", machine)
	}
	if name == "" {
		name = uuid.NewString()
	}
	if err := errors.Join(checkName(name), checkInput(input)); err != nil {
		return Execution{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return Execution{}, errPlaneStopped
	}
	arn := executionARN(machine, name)
	if k := s.known[arn]; k != nil {
		return k.again(input)
	}
	return s.begin(m, Execution{ARN: arn, Name: name, MachineARN: machine, Status: StatusRunning, Started: s.o.Clock.Now().UTC().Truncate(time.Millisecond), Input: slices.Clone(input)})
}

// again answers a second start under one name.
func (k *known) again(input []byte) (Execution, error) {
	if k.execution.Status == StatusRunning && string(k.execution.Input) == string(input) {
		return k.execution, nil
	}
	return Execution{}, refuse(ExecutionAlreadyExists, "execution %s exists already (%s)", k.execution.ARN, k.execution.Status)
}

// begin writes the execution down and runs it. The lock is held.
func (s *Service) begin(m loaded, e Execution) (Execution, error) {
	file, err := s.files.create(m.Name, e.Name)
	if errors.Is(err, fs.ErrExist) {
		return Execution{}, refuse(ExecutionAlreadyExists, "execution %s exists already", e.ARN)
	}
	if err != nil {
		return Execution{}, err
	}
	if err := write(file, record{Execution: &e}); err != nil {
		return Execution{}, errors.Join(err, file.Close(), os.Remove(file.Name()))
	}
	ctx, stop := context.WithCancelCause(context.Background())
	s.known[e.ARN] = &known{execution: e, stop: stop}
	s.working.Go(func() {
		defer stop(nil)
		s.run(ctx, m, e, file)
	})
	return e, nil
}

// Describe returns an execution by ARN.
func (s *Service) Describe(arn string) (Execution, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.known[arn]
	if k == nil {
		return Execution{}, refuse(ExecutionDoesNotExist, "there is no execution %s", arn)
	}
	return k.execution, nil
}

// List returns executions of a machine, the newest first; an empty machine or
// status stands for all.
func (s *Service) List(machine, status string) ([]Execution, error) {
	if _, ok := s.machines[machine]; !ok && machine != "" {
		return nil, refuse(StateMachineDoesNotExist, "there is no state machine %s", machine)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Execution
	for _, k := range s.known {
		if (machine == "" || k.execution.MachineARN == machine) && (status == "" || k.execution.Status == status) {
			all = append(all, k.execution)
		}
	}
	slices.SortFunc(all, func(a, b Execution) int { return cmp.Or(b.Started.Compare(a.Started), cmp.Compare(a.ARN, b.ARN)) })
	return all, nil
}

// History reads the events of an execution.
func (s *Service) History(arn string) ([]Event, error) {
	e, err := s.Describe(arn)
	if err != nil {
		return nil, err
	}
	var all []Event
	err = read(s.files.path(machineName(e.MachineARN), e.Name), func(r record) {
		if r.Event != nil {
			all = append(all, *r.Event)
		}
	})
	return all, err
}

// Close aborts what runs and waits until it has ended.
func (s *Service) Close() {
	s.mu.Lock()
	s.closed = true
	for _, k := range s.known {
		if k.stop != nil {
			k.stop(errPlaneStopped)
		}
	}
	s.mu.Unlock()
	s.working.Wait()
}
