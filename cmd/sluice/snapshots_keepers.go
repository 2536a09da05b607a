package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/task"
)

// atOnce is how many applications are read at a time.
const atOnce = 16

// keeper is an application that may start from a savepoint: it is the one the
// savepoint was asked for, or it keeps its states where that lies.
type keeper struct {
	document ledger.Document
	seen     *flink.Observation // nil: it could not be seen
	unseen   string
}

// keepers finds all that may start from what lies at a path, and looks at them.
// app is the first.
func (i *installation) keepers(ctx context.Context, app flink.Application, path string) ([]keeper, error) {
	docs, err := i.documents(ctx)
	if err != nil {
		return nil, err
	}
	keeps := make([]bool, len(docs))
	if err := eachOf(ctx, len(docs), func(ctx context.Context, n int) error {
		var err error
		keeps[n], err = i.keepsStateAt(ctx, &docs[n], path)
		return err
	}); err != nil {
		return nil, err
	}
	var all []keeper
	for n, d := range docs {
		switch {
		case d.Application == app:
			all = slices.Insert(all, 0, keeper{document: d})
		case keeps[n]:
			all = append(all, keeper{document: d})
		}
	}
	return all, eachOf(ctx, len(all), func(ctx context.Context, n int) error {
		all[n].seen, all[n].unseen = observe(ctx, i.Target, all[n].document.Application)
		return nil
	})
}

// documents are those of all applications, by name.
func (i *installation) documents(ctx context.Context) ([]ledger.Document, error) {
	apps, err := i.Ledger.Applications(ctx)
	if err != nil {
		return nil, err
	}
	docs := make([]ledger.Document, len(apps))
	return docs, eachOf(ctx, len(apps), func(ctx context.Context, n int) error {
		var err error
		docs[n], _, err = i.Ledger.Document(ctx, apps[n])
		return err
	})
}

// keepsStateAt tells whether a revision of the application keeps states in a
// directory that a path lies in: then a change may name that path.
func (i *installation) keepsStateAt(ctx context.Context, d *ledger.Document, path string) (bool, error) {
	revisions, err := i.revisions(ctx, d)
	return slices.ContainsFunc(revisions, func(v flink.Revision) bool { return v.KeepsStateAt(path) }), err
}

func eachOf(ctx context.Context, n int, do func(ctx context.Context, n int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i := range n {
		g.Go(func() error { return do(ctx, i) })
	}
	return g.Wait()
}

// against says what speaks against removing a savepoint that may be removed by
// hand: something is under way, something refers to it, or it cannot be seen
// whether.
func (k keeper) against(path string, now time.Time) error {
	app, o := k.document.Application, k.seen
	switch {
	case k.document.Held(now):
		return busy(path, fmt.Sprintf("release %s of %s is in flight", k.document.Lease.Release, app))
	case o == nil:
		return fmt.Errorf("it cannot be seen whether %s refers to %s in the cluster: %s", app, path, k.unseen)
	case o.Exists && o.Spec.Run == flink.Running && !o.Job.Reachable:
		return fmt.Errorf("it cannot be seen which state the job of %s was restored from: %s", app, o.Job.Unreachable)
	}
	for _, r := range task.References(&k.document, *o) {
		if flink.SamePath(r.Path, path) {
			return stays(path, app, r.By)
		}
	}
	return k.knows(&k.document, path)
}

// mark marks the savepoint in the keeper's document, so that nothing starts from
// it any more. What has come to speak against it since the keeper was looked at
// is found in the very write.
func (k keeper) mark(d *ledger.Document, path string, now time.Time) error {
	if d.Held(now) || d.Fence != k.document.Fence || d.Pending != nil {
		return busy(path, fmt.Sprintf("something else has begun for %s in this moment", d.Application))
	}
	if by := task.ReferredTo(d, path); by != "" {
		return stays(path, d.Application, by)
	}
	if err := k.knows(d, path); err != nil {
		return err
	}
	d.AddSnapshot(flink.Snapshot{Path: path, ID: savepoint.ID(path), Revision: revisionOf(d), Taken: now, Kind: flink.AdoptedSnapshot})
	d.Retiring(path, now)
	return nil
}

// unmark leaves the document as it was before it was marked.
func (k keeper) unmark(d *ledger.Document, path string) error {
	switch s := d.Snapshot(path); {
	case s == nil:
		return errNothingToWrite
	case k.document.Snapshot(path) == nil:
		d.DropSnapshot(path)
	default:
		d.Spare(path)
	}
	return nil
}

// knows: what an application has taken for itself goes by its policy alone.
func (k keeper) knows(d *ledger.Document, path string) error {
	if s := d.Snapshot(path); s != nil && s.Kind != flink.AdoptedSnapshot {
		return fmt.Errorf("%s is known to %s as %s: it goes by the policy, not by hand", path, d.Application, s.Kind)
	}
	return nil
}

func busy(path, why string) error {
	return flink.Errorf(flink.Conflict, "remove "+path, "%s: try again when that has ended", why)
}

func stays(path string, app flink.Application, by string) error {
	return fmt.Errorf("%s stays: %s (%s)", path, by, app)
}

// revisionOf is one whose manifest says where the application keeps its states.
func revisionOf(d *ledger.Document) string {
	good := task.GoodRevisions(d)
	if len(good) == 0 {
		return ""
	}
	return good[0]
}
