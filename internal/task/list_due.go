package task

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// ListDueInput is what the rotate machine hands to ListDue.
type ListDueInput struct {
	Event     json.RawMessage `json:"event"`
	Execution string          `json:"execution"`
}

// DueList is where the list of what is due lies.
type DueList struct {
	Decision Decision `json:"decision"`
	Bucket   string   `json:"bucket"`
	Key      string   `json:"key"`
	Count    int      `json:"count"`
	Message  string   `json:"message"`
}

// ListDue writes down which applications are due. The same tick has the same
// list, which is the first execution's: one that comes after it has nothing to do.
func (t Tasks) ListDue(ctx context.Context, in ListDueInput) (DueList, error) {
	tick, at, err := events.ReadTick(in.Event)
	if err != nil {
		return DueList{}, flink.Errorf(flink.Invalid, "read the input", "%w", err)
	}
	now := t.Clock.Now()
	if at.IsZero() || len(tick.Applications) > 0 {
		at = now
	}
	list := DueList{Bucket: t.Config.PinBucket, Key: ledger.ListKey(listID(tick, at, in.Execution))}
	items, err := t.listed(ctx, list.Key)
	if flink.CodeOf(err) == flink.NotFound && err != nil {
		if items, err = t.makeList(ctx, tick, at, in.Execution); err != nil {
			return list, err
		}
		err = t.writeList(ctx, list.Key, items)
	}
	if err != nil {
		return list, err
	}
	list = list.decide(items, in.Execution)
	if list.Decision == ToRotateEach && len(tick.Applications) == 0 {
		err = t.setToWork(ctx, tickAtWork{Execution: in.Execution, Key: list.Key})
	}
	return list, err
}

// decide says whether there is anything to do for this execution.
func (l DueList) decide(items []RotationItem, execution string) DueList {
	l.Count, l.Decision, l.Message = len(items), ToRotateEach, fmt.Sprintf("%d applications are due", len(items))
	switch {
	case len(items) == 0:
		l.Decision, l.Message = Ignore, "no application is due"
	case items[0].Listed != execution:
		l.Decision, l.Message = Ignore, "this tick was delivered before: "+items[0].Listed+" deals with it"
	}
	return l
}

// listID names a list: a tick's by schedule and time, one by hand by its execution.
func listID(tick events.Tick, at time.Time, execution string) string {
	which := tick.Schedule + "\x00" + at.Format(time.RFC3339)
	if tick.Time == "" || len(tick.Applications) > 0 {
		which = execution
	}
	sum := sha256.Sum256([]byte(which))
	return at.UTC().Format(releaseTime) + "-" + hex.EncodeToString(sum[:4])
}

func (t Tasks) listed(ctx context.Context, key string) ([]RotationItem, error) {
	body, _, err := t.Objects.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	var items []RotationItem
	if err := json.Unmarshal(body, &items); err != nil {
		return nil, flink.Errorf(flink.Internal, "read "+key, "the list of what is due is damaged: %w; remove the object", err)
	}
	return items, nil
}

// writeList writes it unless there is one: losing that race is a Conflict, and
// the machine asks again.
func (t Tasks) writeList(ctx context.Context, key string, items []RotationItem) error {
	if items == nil {
		items = []RotationItem{} // a Map reads an array
	}
	body, err := json.Marshal(items)
	if err != nil {
		return flink.Errorf(flink.Internal, "write "+key, "%w", err)
	}
	return t.Objects.PutIf(ctx, key, body, "")
}

// makeList finds out which applications are due, or checks those that are named.
func (t Tasks) makeList(ctx context.Context, tick events.Tick, at time.Time, execution string) ([]RotationItem, error) {
	if len(tick.Applications) > 0 {
		return askedFor(tick.Applications, at, execution)
	}
	apps, err := t.Ledger.Applications(ctx)
	if err != nil {
		return nil, err
	}
	before, err := t.waiting(ctx)
	if err != nil {
		return nil, err
	}
	once := t
	once.Artifacts = newReadOnce(t.Artifacts) // the layers of all applications are the same few objects
	due := make([]bool, len(apps))
	err = each(len(apps), listWidth, func(i int) error {
		var err error
		due[i], err = once.isDue(ctx, apps[i], before)
		return err
	})
	if err != nil {
		return nil, err
	}
	var items []RotationItem
	for i, app := range apps {
		if due[i] {
			items = append(items, RotationItem{Application: app, ID: rotationID(app, at), Listed: execution})
		}
	}
	return items, nil
}

// listWidth is how many applications are looked at at a time.
const listWidth = 32

// isDue looks at one application that no earlier tick has still to come to. What
// cannot be told is due: the rotation itself finds the reason, and records it.
func (t Tasks) isDue(ctx context.Context, app flink.Application, before waiting) (bool, error) {
	d, _, err := t.Ledger.Document(ctx, app)
	switch {
	case err != nil && flink.CodeOf(err) == flink.Unavailable:
		return false, err
	case err != nil:
		return true, nil
	}
	if before.holds(&d) || idle(&d) != "" && len(d.Snapshots) == 0 {
		return false, nil
	}
	m, err := t.readManifest(ctx, app, "")
	switch {
	case err != nil && flink.CodeOf(err) == flink.Unavailable:
		return false, err
	case err != nil:
		tried := d.Rotated != nil && t.Clock.Now().Sub(d.Rotated.At) < brokenAgain
		finish, err := t.isDueBy(ctx, &d, nothingByAge)
		return finish || idle(&d) == "" && !tried, err
	}
	return t.isDueBy(ctx, &d, m.Policy.Snapshots)
}

// isDueBy asks a policy.
func (t Tasks) isDueBy(ctx context.Context, d *ledger.Document, policy flink.Snapshots) (bool, error) {
	directories, err := t.outlivedDirectories(ctx, d, policy)
	switch {
	case err != nil && flink.CodeOf(err) == flink.Unavailable:
		return false, err
	case err != nil:
		return true, nil
	}
	return flink.DecideDue(timetable(d, policy, t.Clock.Now(), false, directories)).Due, nil
}

// brokenAgain is how often it is recorded that a manifest cannot be read.
const brokenAgain = 6 * time.Hour

// askedFor is the list of those that somebody names.
func askedFor(applications []string, at time.Time, execution string) ([]RotationItem, error) {
	var items []RotationItem
	for _, name := range applications {
		namespace, app, _ := strings.Cut(name, "/")
		a := flink.Application{Namespace: namespace, Name: app}
		if err := a.Validate(); err != nil {
			return nil, flink.Errorf(flink.Invalid, "read the input", "%q names no application: %w; write NAMESPACE/NAME", line(name), err)
		}
		items = append(items, RotationItem{Application: a, ID: rotationID(a, at), Listed: execution, ByHand: true})
	}
	return items, nil
}

// rotationID names an application's rotation of one tick.
func rotationID(a flink.Application, at time.Time) string {
	return at.UTC().Format(releaseTime) + rotationOf(a)
}

// rotationOf is how the ids of an application's rotations end.
func rotationOf(a flink.Application) string {
	sum := sha256.Sum256([]byte(a.String()))
	return rotationMark + hex.EncodeToString(sum[:3])
}

const rotationMark = "-rotation-"

// rotationOfAnother tells which names are those of other applications' rotations.
func rotationOfAnother(a flink.Application) func(name string) bool {
	own := rotationOf(a)
	return func(name string) bool {
		mark := len(name) - len(own)
		return mark > 0 && strings.HasPrefix(name[mark:], rotationMark) && name[mark:] != own
	}
}
