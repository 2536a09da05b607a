package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/task"
)

// settled is how long nothing may have been written to a stray before it is
// removed: Flink may still be at it.
const settled = time.Hour

func (p *program) removeSnapshotCommand() *cobra.Command {
	return p.strayCommand("remove", "Remove the files of a savepoint that nobody knows of, or of one that was adopted",
		"Removes a stray, or a savepoint that was adopted. It stays while anything refers to it, in the ledger or in the\n"+
			"cluster, of this application or of another that keeps its states in the same place, and while that cannot be\n"+
			"seen. What Sluice took goes by the policy (snapshots.keep and snapshots.maxAge), not by hand. Cut off, it is\n"+
			"finished by the same command, or by the next rotation.", removeStray)
}

// removal is a savepoint that somebody wants gone.
type removal struct {
	app  flink.Application
	path string
	dir  string // where the application keeps savepoints, and this one lies
}

// removeStray removes a stray, or a savepoint that was adopted. It is marked
// before, in the document of everybody who might start from it, so that nothing
// does meanwhile, and so that a rotation finishes what is cut off.
func removeStray(ctx context.Context, i *installation, app flink.Application, which string, now time.Time) (strayAnswer, error) {
	r, err := i.removable(ctx, app, which, now)
	if err != nil {
		return strayAnswer{}, err
	}
	keepers, err := i.keepers(ctx, app, r.path)
	if err != nil {
		return strayAnswer{}, err
	}
	for _, k := range keepers {
		if err := k.against(r.path, now); err != nil {
			return strayAnswer{}, err
		}
	}
	if err := i.mark(ctx, keepers, r.path, now); err != nil {
		return strayAnswer{}, err
	}
	gone, err := i.savepoints().Remove(ctx, r.dir, r.path)
	if err != nil {
		return strayAnswer{}, i.unremoved(ctx, keepers, r, gone, err)
	}
	err = i.forgetSnapshot(ctx, keepers, r.path)
	return strayAnswer{Application: app, Path: r.path, Removed: &gone}, err
}

// removable finds what is named and says whether it is somebody's to remove.
func (i *installation) removable(ctx context.Context, app flink.Application, which string, now time.Time) (removal, error) {
	d, _, err := i.Ledger.Document(ctx, app)
	if err != nil {
		return removal{}, err
	}
	if s := d.Find(which); s != nil {
		return i.removableKnown(ctx, &d, *s)
	}
	found, dir, err := i.strayOf(ctx, &d, which)
	switch {
	case err != nil:
		return removal{}, err
	case found.Kind != savepoint.StraySavepoint && found.Kind != savepoint.StrayUnfinished:
		return removal{}, fmt.Errorf("%s is no savepoint, but %s: it is not Sluice's to remove", found.Path, found.Kind)
	case now.Sub(found.Newest) < settled:
		return removal{}, fmt.Errorf("%s was written to at %s: it may not be done yet. Wait until an hour has passed", found.Path, clock(found.Newest))
	}
	return removal{app, found.Path, dir}, nil
}

func (i *installation) removableKnown(ctx context.Context, d *ledger.Document, s flink.Snapshot) (removal, error) {
	if s.Kind != flink.AdoptedSnapshot {
		return removal{}, fmt.Errorf("%s is known to %s as %s: it goes by the policy, not by hand", s.Path, d.Application, s.Kind)
	}
	dirs, err := i.directories(ctx, d)
	if err != nil {
		return removal{}, err
	}
	for _, dir := range dirs {
		if flink.Below(s.Path, dir) {
			return removal{d.Application, s.Path, dir}, nil
		}
	}
	return removal{}, fmt.Errorf("%s lies in none of the directories of %s", s.Path, d.Application)
}

// mark marks the savepoint in everybody's document, or in nobody's.
func (i *installation) mark(ctx context.Context, keepers []keeper, path string, now time.Time) error {
	for n, k := range keepers {
		_, err := ledger.Update(ctx, i.Ledger, k.document.Application, func(d *ledger.Document) error { return k.mark(d, path, now) })
		if err != nil {
			return errors.Join(err, i.unmark(ctx, keepers[:n], path))
		}
	}
	return nil
}

func (i *installation) unmark(ctx context.Context, keepers []keeper, path string) error {
	for _, k := range keepers {
		if _, err := amend(ctx, i.Ledger, k.document.Application, func(d *ledger.Document) error { return k.unmark(d, path) }); err != nil {
			return err
		}
	}
	return nil
}

// unremoved takes the marks back where the files may not be removed and nothing
// of them is gone. Else the mark says how it goes on.
func (i *installation) unremoved(ctx context.Context, keepers []keeper, r removal, gone savepoint.Removal, why error) error {
	before := flink.Snapshot{}
	if s := keepers[0].document.Snapshot(r.path); s != nil {
		before = *s
	}
	if task.MayNotBeRemoved(why) && task.Untouched(before, gone) {
		return errors.Join(why, i.unmark(ctx, keepers, r.path))
	}
	return fmt.Errorf("%w; what is left of it is removed by the same command, or by the next rotation of %s", why, r.app)
}

// forgetSnapshot forgets what is gone.
func (i *installation) forgetSnapshot(ctx context.Context, keepers []keeper, path string) error {
	for _, k := range keepers {
		if _, err := ledger.Update(ctx, i.Ledger, k.document.Application, func(d *ledger.Document) error { d.DropSnapshot(path); return nil }); err != nil {
			return err
		}
	}
	return nil
}
