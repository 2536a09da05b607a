package stage

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/artifacts"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/asl/jsonata"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/statemachines"
)

// App is the application that is released.
var App = flink.Application{Namespace: "team-a", Name: "counter"}

// The buckets.
const (
	ArtifactBucket = "artifacts"
	LedgerBucket   = "ledger"
)

// Options replaces parts, or puts others before them. The zero value is a world
// in which everything goes well.
type Options struct {
	Target       func(flink.Target) flink.Target
	Artifacts    func(task.Artifacts) task.Artifacts
	Objects      func(ledger.Objects) ledger.Objects
	Send         func(ledger.Message) error // what happens when a message is sent
	Signals      task.Signals
	Answer       *ledger.Answer // what somebody says, as soon as a change waits for approval
	Placeholders map[string]string
}

// Stage is everything around the release machine.
type Stage struct {
	t         testing.TB
	Clock     *asl.VirtualClock
	Model     *targettest.Model
	Artifacts *artifacts.Memory
	Objects   *ledger.Memory // what is in the ledger, whatever stands before it
	Ledger    ledger.Store   // the same, read and written as a ledger

	machine  *asl.Machine
	tokens   *asl.Tokens
	answer   *ledger.Answer
	handlers map[string]task.Handler
	send     func(ledger.Message) error
	runs     int

	mu     sync.Mutex
	passed []Passage
}

// New opens a stage.
func New(t testing.TB, o Options) *Stage {
	t.Helper()
	machine, err := asl.Parse(statemachines.Release)
	if err != nil {
		t.Fatal(err)
	}
	s := &Stage{t: t, machine: machine, tokens: asl.NewTokens(), answer: o.Answer, send: o.Send, Artifacts: artifacts.NewMemory(), Objects: ledger.NewMemory(),
		Clock: asl.NewVirtualClock(time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC))}
	s.Model = targettest.NewModel(s.Clock.Now, targettest.Options{})
	s.Ledger = ledger.New(s.Objects)
	deps := task.Deps{Ledger: ledger.New(before[ledger.Objects](o.Objects, s.Objects)), Artifacts: before[task.Artifacts](o.Artifacts, s.Artifacts),
		Target: before[flink.Target](o.Target, s.Model), Signals: o.Signals, Sender: s, Clock: s.Clock,
		Config: task.Config{ArtifactBucket: ArtifactBucket, PinBucket: LedgerBucket, Placeholders: o.Placeholders, LongPoll: functions.LongPoll, Poll: 2 * time.Second}}
	s.handlers = task.Tasks{Deps: deps}.Handlers()
	return s
}

// before gives the part, or what was put before it.
func before[T any](put func(T) T, part T) T {
	if put == nil {
		return part
	}
	return put(part)
}

// engine takes a while to load, and serves all stages.
var engine = sync.OnceValues(func() (*jsonata.Engine, error) {
	path, err := jsonata.Find()
	if err != nil {
		return nil, err
	}
	return jsonata.Load(path)
})

// Upload writes an object of the artifact bucket and gives the event that tells of it.
func (s *Stage) Upload(key string, body []byte) []byte {
	s.t.Helper()
	_ = s.Clock.Sleep(s.t.Context(), time.Second) // no two objects of one second
	o := s.Artifacts.Put(ArtifactBucket, key, body, s.Clock.Now())
	detail := events.ObjectCreatedDetail{Version: "0"}
	detail.Bucket.Name = ArtifactBucket
	detail.Object.Key, detail.Object.Size, detail.Object.ETag, detail.Object.VersionID = key, o.Size, o.ETag, o.Version
	return Event(events.ObjectCreatedSource, events.ObjectCreatedType, s.Clock.Now(), detail)
}

// Event makes an event of a detail.
func Event(source, detailType string, at time.Time, detail any) []byte {
	raw, _ := json.Marshal(detail)
	e, _ := json.Marshal(events.Event{Version: "0", ID: "e-" + at.Format(time.RFC3339), Source: source, DetailType: detailType, Time: at, Detail: raw})
	return e
}

// Run executes the machine for an event.
func (s *Stage) Run(event []byte) asl.Result {
	s.t.Helper()
	js, err := engine()
	if err != nil {
		s.t.Fatal(err)
	}
	s.runs++
	name := fmt.Sprintf("run-%d", s.runs)
	result := s.machine.Run(s.t.Context(), event, asl.Options{Caller: s, Tokens: s.tokens, Clock: s.Clock, JSONata: js, Rand: rand.NewPCG(1, uint64(s.runs)),
		Execution: asl.Execution{ARN: "arn:aws:states:eu-west-1:111122223333:execution:release:" + name, Name: name, StateMachineName: "release"}})
	s.pass("the output of execution "+name, result.Output)
	s.pass("the error of execution "+name, []byte(result.Error+" "+result.Cause))
	return result
}

// Records are the records of all releases, of the application and of none.
func (s *Stage) Records() []ledger.Record {
	s.t.Helper()
	var all []ledger.Record
	for _, app := range []flink.Application{App, ledger.NoApplication} {
		ids, err := s.Ledger.Records(s.t.Context(), app, 1000)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, id := range ids {
			r, err := s.Ledger.Record(s.t.Context(), app, id)
			if err != nil {
				s.t.Fatal(err)
			}
			all = append(all, r)
		}
	}
	return all
}
