package task

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

var (
	requestForm  = regexp.MustCompile(`^[A-Za-z0-9-]{8,64}$`)
	revisionForm = regexp.MustCompile(`^[0-9a-f]{12}$`)
)

// maxParallelism is Flink's own bound of a job's parallelism
// (https://nightlies.apache.org/flink/flink-docs-stable/docs/dev/datastream/execution/parallel/).
const maxParallelism = 1 << 15

// maxPath bounds a state's address, in bytes: the longest key of S3 and its bucket.
const maxPath = 1200

// readRequest names the change that is asked for and says what is wrong with it.
func (f *admission) readRequest(e events.Event, d events.ChangeRequestedDetail) {
	f.change = flink.Change{Kind: flink.ChangeKind(d.Change), By: line(d.By), Why: line(d.Why), Automatic: d.Automatic,
		Revision: d.Revision, Source: d.Source, Snapshot: d.Snapshot, Parallelism: d.Parallelism, AbandonState: d.AbandonState, Release: d.Release, DryRun: d.DryRun}
	f.artifact.Application = flink.Application{Namespace: d.Namespace, Name: d.Application}
	f.ref = ArtifactRef{Prefix: d.Prefix, Bucket: f.bucket}
	if err := f.artifact.Application.Validate(); err != nil {
		f.outside, f.artifact.Application = err, ledger.NoApplication
	}
	sum := sha256.Sum256([]byte("request\x00" + f.artifact.Application.String() + "\x00" + d.Request))
	f.ref.Event = hex.EncodeToString(sum[:])[:16]
	f.release = e.Time.UTC().Format(releaseTime) + "-" + f.ref.Event[:8]
	f.request = checkRequest(f.artifact.Application, d)
	if f.request != nil {
		f.change.Revision, f.change.Snapshot, f.change.Source, f.change.Release, f.ref.Prefix = "", "", "", "", "" // they go into the record
	}
}

// ask makes the event by which Sluice itself asks for a change, a request like
// any other, and reads what Admit will read of it.
func (t Tasks) ask(d events.ChangeRequestedDetail) (json.RawMessage, admission, error) {
	e := events.Event{Version: "0", ID: d.Request, Source: events.Source, DetailType: events.ChangeRequestedType,
		Time: t.Clock.Now().UTC().Truncate(time.Second), Resources: []string{}, Detail: asJSON(d)}
	f := admission{bucket: t.Config.ArtifactBucket}
	return asJSON(e), f, f.read(e)
}

// asJSON writes what is made of strings, times and JSON: it cannot fail.
func asJSON(v any) json.RawMessage {
	text, _ := json.Marshal(v)
	return text
}

// checkRequest finds everything that is wrong with a request at once.
func checkRequest(app flink.Application, d events.ChangeRequestedDetail) error {
	var wrong []error
	say := func(is bool, format string, args ...any) {
		if is {
			wrong = append(wrong, fmt.Errorf(format, args...))
		}
	}
	kind := flink.ChangeKind(d.Change)
	is := func(kinds ...flink.ChangeKind) bool { return slices.Contains(kinds, kind) }
	say(!requestForm.MatchString(d.Request), "request has to be 8 to 64 letters, digits or '-': it tells a repeat from a second wish")
	say(!is(flink.ChangeKinds()...), "change %q is none of %v", d.Change, flink.ChangeKinds())
	say(kind == flink.Upgrade && !d.DryRun, "an upgrade is asked for by uploading a jar or application.yaml; an event can ask for its dry run only")
	say(d.Revision != "" && !revisionForm.MatchString(d.Revision), "revision %q is none: 12 hexadecimal digits, as sluice releases shows them", d.Revision)
	say(d.Revision != "" && !is(flink.Rollback, flink.Redeploy, flink.Fork), "revision goes with Rollback, Redeploy and Fork only")
	say(is(flink.Redeploy, flink.Fork) && d.Snapshot == "", "%s needs snapshot: the path of the state to start from", kind)
	say(d.Snapshot != "" && !is(flink.Redeploy, flink.Fork), "snapshot goes with Redeploy and Fork only")
	say(is(flink.Fork) && checkSource(app, d.Source) != nil, "%v", checkSource(app, d.Source))
	say(d.Source != "" && !is(flink.Fork), "source goes with Fork only")
	say(len(d.Snapshot) > maxPath, "snapshot has %d bytes, and no address is longer than %d", len(d.Snapshot), maxPath)
	say(is(flink.Scale) && (d.Parallelism < 1 || d.Parallelism > maxParallelism), "Scale needs a parallelism from 1 to %d", maxParallelism)
	say(d.Parallelism != 0 && !is(flink.Scale), "parallelism goes with Scale only")
	say(d.AbandonState && !is(flink.Suspend, flink.Delete), "abandonState goes with Suspend and Delete only")
	say(d.Release != "" && !is(flink.Cancel), "release goes with Cancel only")
	say(len(d.Release) > 64, "release has %d characters, and no release's id is longer than 64", len(d.Release))
	say(d.DryRun && is(flink.Cancel), "a cancellation has no plan: there is no dry run of it")
	say(d.Prefix != "" && !is(flink.Upgrade), "prefix goes with the dry run of an upgrade only")
	say(d.Prefix != "" && !strings.HasPrefix(d.Prefix, planPrefix(app)), "prefix has to begin with %s", planPrefix(app))
	return errors.Join(wrong...)
}

// checkSource: a fork stays within its team.
func checkSource(app flink.Application, source string) error {
	namespace, name, _ := strings.Cut(source, "/")
	from := flink.Application{Namespace: namespace, Name: name}
	switch err := from.Validate(); {
	case err != nil:
		return fmt.Errorf("Fork needs source, the namespace/name of the application that is forked: %w", err)
	case from == app:
		return errors.New("an application cannot be forked into itself: sluice redeploy starts it from a chosen state")
	case from.Namespace != app.Namespace:
		return fmt.Errorf("%s is another team's application: a fork stays in the namespace of what is forked", from)
	}
	return nil
}

// planPrefix is where files lie that an upgrade is planned with and not started:
// no application's prefix begins with an underscore.
func planPrefix(app flink.Application) string { return events.PlanPrefix + app.String() + "/" }
