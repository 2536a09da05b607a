package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/asl/jsonata"
	"github.com/sluice-flink/sluice/local/api"
	"github.com/sluice-flink/sluice/local/bus"
	"github.com/sluice-flink/sluice/local/lambda"
	"github.com/sluice-flink/sluice/local/metrics"
	"github.com/sluice-flink/sluice/local/queues"
	"github.com/sluice-flink/sluice/local/s3"
	"github.com/sluice-flink/sluice/local/sfn"
	"github.com/sluice-flink/sluice/local/template"
	"github.com/sluice-flink/sluice/local/topics"
)

// Options say what Start runs.
type Options struct {
	Template     []byte              // a synthesized CloudFormation template
	Parameters   map[string]string   // of the template
	Dir          string              // everything that is kept lies below it
	Functions    lambda.Runner       // lambda.NewInProcess or lambda.NewBootstraps; closed with the plane
	ExtraBuckets []string            // buckets beside the template's, for what jobs write: no versions, no events
	ExtraEnv     map[string]string   // for every function, over the template's
	S3Listen     string              // host:port of the S3 endpoint; empty: a free port of the loopback
	JSONata      string              // path of jsonata.js; empty: where jsonata.Find looks
	Log          io.Writer           // nil: nowhere
	OnExecution  func(sfn.Execution) // for every execution as it starts and as it ends; may be nil
}

// Place is where the plane's stack stands; account and region are made up.
var Place = template.Place{Account: "000000000000", Region: "us-east-1", Partition: "aws", Stack: "Sluice"}

// Plane is a running plane.
type Plane struct {
	stack       *template.Stack
	credentials Credentials
	dir         string
	log         *logger
	lock        io.Closer
	objects     *s3.Server
	states      *sfn.Service
	functions   *lambda.Service
	api         *api.Server
	bus         *bus.Bus
	topics      *topics.Service
	queues      *queues.Service
	metrics     *metrics.Service
	early       early // events of executions that ended before there was a bus
	schedules   sync.WaitGroup
	unschedule  context.CancelFunc
	open        chan struct{} // closed when bus and functions are there, or never will be
	closing     sync.Once
	closed      error
}

// Start runs a plane. What a plane on the same directory left is taken up:
// objects, undelivered events, dead letters and the records of executions;
// executions that were running are ABORTED.
func Start(ctx context.Context, o Options) (*Plane, error) {
	stack, err := resolve(o)
	if err != nil {
		return nil, err
	}
	engine, err := loadJSONata(o.JSONata) // before the gateway changes the working directory
	if err != nil {
		return nil, err
	}
	p := &Plane{stack: stack, log: newLogger(o.Log), open: make(chan struct{})}
	if p.dir, err = filepath.Abs(o.Dir); err != nil {
		return nil, err
	}
	if p.lock, err = lockDir(p.dir); err != nil {
		return nil, err
	}
	err = p.start(ctx, o, engine)
	close(p.open)
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func resolve(o Options) (*template.Stack, error) {
	parsed, err := template.Parse(o.Template)
	if err != nil {
		return nil, err
	}
	return parsed.Resolve(Place, o.Parameters)
}

func loadJSONata(path string) (*jsonata.Engine, error) {
	if path == "" {
		found, err := jsonata.Find()
		if err != nil {
			return nil, err
		}
		path = found
	}
	return jsonata.Load(path)
}

// start brings the parts up in the order of what they need: executions wait for
// nothing, functions are told the endpoints, and events flow last.
func (p *Plane) start(ctx context.Context, o Options, engine *jsonata.Engine) error {
	var err error
	if p.credentials, err = credentialsIn(p.dir); err != nil {
		return err
	}
	rules, err := p.rules()
	if err != nil {
		return err
	}
	schedules, err := p.scheduled()
	if err != nil {
		return err
	}
	if p.states, err = sfn.Open(sfn.Options{
		Dir: filepath.Join(p.dir, "executions"), Machines: p.machines(), Invoke: p.invoke, Read: p.readObject, JSONata: engine,
		Clock: asl.RealClock{}, Observe: p.observer(o.OnExecution), Log: p.log.printf,
	}); err != nil {
		return err
	}
	p.topics = topics.Open(p.topicsDir(), p.topicARNs(), p.log.printf)
	p.queues = queues.New(p.queueNames(), &later{plane: p}, time.Now)
	if p.metrics, err = metrics.Open(p.metricOptions()); err != nil {
		return err
	}
	if p.api, err = api.Serve(api.Options{
		AccessKey: p.credentials.AccessKey, Account: Place.Account, Region: Place.Region, Put: p.Put, States: p.states,
		Topics: p.topics, Queues: p.queues, Metrics: p.metrics, Now: time.Now,
	}); err != nil {
		return err
	}
	if p.objects, err = s3.Start(ctx, p.objectOptions(o)); err != nil {
		return err
	}
	p.functions = lambda.New(p.functionsOf(o), o.Functions, p.log.printf)
	p.bus, err = bus.Open(bus.Options{
		Dir: p.eventsDir(), Buses: p.buses(), Rules: rules, Deliver: p.deliver, Clock: asl.RealClock{}, Log: p.log.printf,
	})
	if err != nil {
		return err
	}
	p.early.flush(p.announce)
	p.run(schedules)
	return nil
}

// invoke calls a function once there are functions.
func (p *Plane) invoke(ctx context.Context, function string, payload []byte) ([]byte, error) {
	<-p.open
	if p.functions == nil {
		return nil, errNotStarted
	}
	return p.functions.Invoke(ctx, function, payload)
}

// Put sends an event on the named bus, "default" being AWS's own. Once it
// returns nil the event will be delivered, even if the process ends.
func (p *Plane) Put(name string, e events.Event) error {
	<-p.open
	if p.bus == nil {
		return errNotStarted
	}
	return p.bus.Put(name, e)
}

var errNotStarted = errors.New("the plane did not start")

// deliver starts the execution that an event is for, or invokes the function. name is the delivery's
// own, so that a delivery that was made, and not noted, is not made twice.
func (p *Plane) deliver(ctx context.Context, target, name string, event []byte) error {
	<-p.open
	if p.stack.IsFunction(target) {
		_, err := p.functions.Invoke(ctx, target, event)
		return err
	}
	_, err := p.states.Start(target, name, event)
	var refused *sfn.Error
	switch {
	case sfn.IsRefused(err, sfn.ExecutionAlreadyExists):
		return nil
	case errors.As(err, &refused):
		return fmt.Errorf("%w: %w", bus.ErrRefused, err)
	}
	return err
}

// shutdown bounds how long requests under way may take when the plane closes.
const shutdown = 10 * time.Second

// Close ends the plane: executions are aborted, functions are told to stop and
// waited for, undelivered events are kept. It may be called more than once.
func (p *Plane) Close() error {
	p.closing.Do(func() { p.closed = p.close() })
	return p.closed
}

func (p *Plane) close() error {
	var faults []error
	if p.unschedule != nil {
		p.unschedule()
		p.schedules.Wait()
	}
	if p.bus != nil {
		p.bus.Close()
	}
	if p.states != nil {
		p.states.Close()
	}
	if p.functions != nil {
		faults = append(faults, p.functions.Close())
	}
	if p.api != nil {
		ctx, cancel := context.WithTimeout(context.Background(), shutdown)
		defer cancel()
		faults = append(faults, p.api.Close(ctx))
	}
	if p.objects != nil {
		faults = append(faults, p.objects.Close())
	}
	return errors.Join(append(faults, p.lock.Close())...)
}
