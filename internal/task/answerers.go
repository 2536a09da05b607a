package task

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sluice-flink/sluice/internal/flink"
)

const (
	// answerersKept is how long what policies say of alarms' names is remembered: a
	// storm of alarms must not read every policy for each.
	answerersKept = time.Minute
	// readAtOnce bounds how many policies are read at a time.
	readAtOnce = 16
)

// answerers are the applications whose policies name alarms by patterns.
type answerers map[flink.Application]flink.Remediation

// of lists the applications that answer an alarm of that name.
func (a answerers) of(alarm string) []flink.Application {
	var found []flink.Application
	for app, r := range a {
		if r.Names(alarm) {
			found = append(found, app)
		}
	}
	slices.SortFunc(found, func(a, b flink.Application) int { return strings.Compare(a.String(), b.String()) })
	return found
}

// answerersMemory keeps them between the invocations of one function.
type answerersMemory struct {
	mu   sync.Mutex
	read time.Time
	kept answerers
}

// answerers reads the policies of all applications, unless that was done a
// moment ago. A policy that cannot be read names no alarm, as far as anybody knows.
func (t Tasks) answerers(ctx context.Context) (answerers, error) {
	m := t.memory
	if m == nil {
		m = &answerersMemory{}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if now := t.Clock.Now(); m.kept != nil && now.Sub(m.read) < answerersKept {
		return m.kept, nil
	}
	apps, err := t.Ledger.Applications(ctx)
	if err != nil {
		return nil, err
	}
	found := answerers{}
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readAtOnce)
	for _, app := range apps {
		group.Go(func() error {
			read, err := t.readManifest(ctx, app, "")
			if err != nil {
				return unless(flink.Invalid, err)
			}
			if r := read.Policy.Remediation; len(r.Alarms) > 0 {
				mu.Lock()
				defer mu.Unlock()
				found[app] = r
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	m.read, m.kept = t.Clock.Now(), found
	return found, nil
}
