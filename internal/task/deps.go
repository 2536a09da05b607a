package task

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
)

// Deps is everything outside that tasks use.
type Deps struct {
	Ledger    ledger.Store
	Artifacts Artifacts
	Target    flink.Target // nil in functions that do not reach the cluster
	Sender    Sender       // nil in functions that send nothing
	Signals   Signals
	Metrics   Metrics         // nil in functions that send none
	Objects   ledger.Objects  // the ledger's bucket beside its documents: lists of what is due, records of rotations
	Snapshots savepoint.Store // nil Objects in functions without the grant ReadSnapshots

	AlarmDetails AlarmDetails // nil where no alarms are read
	Executions   Executions   // nil in functions without the grant DescribeExecutions

	Clock  Clock
	Config Config

	memory *answerersMemory // what one function remembers between its invocations
	atRest *restMemory      // likewise, of applications of which there was nothing to mend
}

// Config is what the installation sets.
type Config struct {
	ArtifactBucket string
	PinBucket      string            // where pinned jars go: the ledger bucket
	Placeholders   map[string]string // what ${NAME} in a manifest is filled in with
	LongPoll       time.Duration     // how long one invocation waits
	Poll           time.Duration     // how often it looks
	FirstPoll      time.Duration     // how often it looks at first; 0: at Poll's pace from the beginning
	LastWord       time.Duration     // how long after a lease was renewed a function of its holder may still act, though the execution has ended
	ReleaseMachine string            // ARN; what names the executions of leases that were handed over
	Metrics        string            // CloudWatch namespace of this installation's own metrics
	Cluster        string            // name of the cluster that this installation is of; empty where it has none
}

// Clock is time, so that simulations can run it.
type Clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error
}

// Artifacts is the artifact bucket and the place for pinned jars. Errors are *flink.Error.
type Artifacts interface {
	// Head describes an object's newest version; NotFound when there is none.
	Head(ctx context.Context, bucket, key string) (Object, error)
	// Newest finds the object below prefix with that suffix that was written last; NotFound when there is none.
	Newest(ctx context.Context, bucket, prefix, suffix string) (Object, error)
	// Read reads a small object; more than limit bytes is Invalid.
	Read(ctx context.Context, bucket, key, version string, limit int64) ([]byte, error)
	// Download copies an object; more than limit bytes is Invalid.
	Download(ctx context.Context, bucket, key, version string, to io.Writer, limit int64) error
	// Pin writes an object under a content-addressed key; one that is there is left alone.
	Pin(ctx context.Context, bucket, key string, body io.ReadSeeker) error
}

// Object is one version of an object.
type Object struct {
	Key, Version, ETag string
	Size               int64
	Modified           time.Time
}

// Sender sends what an outbox holds. Sending the same message twice is harmless.
type Sender interface {
	Send(ctx context.Context, app flink.Application, m ledger.Message) error
}

// Executions are those of the state machines. Errors are *flink.Error.
type Executions interface {
	// Describe looks at one by its ARN; NotFound when there is none, or none any more.
	Describe(ctx context.Context, arn string) (Execution, error)
}

// Execution is what is known of an execution.
type Execution struct {
	Runs   bool            // it has not ended, or is about to go on
	Status string          // in Step Functions' words
	Input  json.RawMessage // what it was started with
}

// Tasks holds a method a Task.
type Tasks struct{ Deps }

// leaseTerm is how long a lease lasts without a renewal: well over the longest
// invocation, so that only a dead holder loses it.
const leaseTerm = 20 * time.Minute

// hold renews the lease, or fails with LeaseLost. Every step that acts begins with it.
func (t Tasks) hold(ctx context.Context, r *Release) (ledger.Document, error) {
	return t.update(ctx, r, func(*ledger.Document) error { return nil })
}

// update changes the document under the release's lease.
func (t Tasks) update(ctx context.Context, r *Release, change func(*ledger.Document) error) (ledger.Document, error) {
	return ledger.Update(ctx, t.Ledger, r.Application, func(d *ledger.Document) error {
		if err := d.Renew(r.ID, r.Fence, t.Clock.Now(), leaseTerm); err != nil {
			return err
		}
		return change(d)
	})
}

// amend changes the document for a release that may hold no lease. What a try had
// told the release that lost its race is forgotten: the next one decides anew.
func (t Tasks) amend(ctx context.Context, r *Release, change func(*ledger.Document) error) (ledger.Document, error) {
	before := *r
	return ledger.Update(ctx, t.Ledger, r.Application, func(d *ledger.Document) error {
		*r = before
		return change(d)
	})
}

// poll looks again and again until done, for at most one long poll. It tells
// whether it was done; if not, the machine calls again.
func (t Tasks) poll(ctx context.Context, look func(ctx context.Context) (done bool, err error)) (bool, error) {
	began := t.Clock.Now()
	for {
		done, err := look(ctx)
		if done || err != nil {
			return done, err
		}
		waited := t.Clock.Now().Sub(began)
		pause := t.Config.pause(waited)
		if waited+pause >= t.Config.LongPoll {
			return false, nil
		}
		if err := t.Clock.Sleep(ctx, pause); err != nil {
			return false, flink.Errorf(flink.Unavailable, "wait", "%w", err)
		}
	}
}

// pause is how long to wait before the next look. A job that has stopped is down
// until that is seen, so what happens soon is seen at once, and what takes long
// a twentieth of its time later at most.
func (c Config) pause(waited time.Duration) time.Duration {
	if c.FirstPoll <= 0 {
		return c.Poll
	}
	return min(max(c.FirstPoll, waited/20), c.Poll)
}
