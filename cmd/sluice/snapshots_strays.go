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

// strayAnswer is what adopt and remove print for machines.
type strayAnswer struct {
	Application flink.Application  `json:"application"`
	Path        string             `json:"path"`
	Adopted     *flink.Snapshot    `json:"adopted,omitempty"`
	Removed     *savepoint.Removal `json:"removed,omitempty"`
}

// settled is how long nothing may have been written to a stray before it is
// removed: Flink may still be at it.
const settled = time.Hour

func (p *program) adoptSnapshotCommand() *cobra.Command {
	return p.strayCommand("adopt", "Take in a savepoint that nobody knows of: it stays until somebody removes it", p.adoptStray)
}

func (p *program) removeSnapshotCommand() *cobra.Command {
	return p.strayCommand("remove", "Remove the files of a savepoint that nobody knows of, or of one that was adopted", p.removeStray)
}

func (p *program) strayCommand(name, short string, do func(context.Context, *installation, flink.Application, string, time.Time) (strayAnswer, error)) *cobra.Command {
	return &cobra.Command{
		Use: name + " NAMESPACE/APP ID|PATH", Short: short, Args: takes(2, 2, "NAMESPACE/APP and the id or path of a savepoint"),
		RunE: func(c *cobra.Command, args []string) error {
			app, i, err := p.openFor(c.Context(), args[0])
			if err != nil {
				return err
			}
			if i.States == nil {
				return errors.New("the bucket of the savepoints cannot be reached from here")
			}
			a, err := do(c.Context(), i, app, args[1], time.Now().UTC())
			if err != nil {
				return err
			}
			return p.say(a.text(), a)
		},
	}
}

func (a strayAnswer) text() string {
	if a.Adopted != nil {
		return fmt.Sprintf("%s: %s is known now as %s, and stays until somebody removes it\n", a.Application, a.Path, a.Adopted.ID)
	}
	return fmt.Sprintf("%s: %s is gone, %d files of %s\n", a.Application, a.Path, a.Removed.Files, size(a.Removed.Bytes))
}

// strayOf finds a stray by id or path, below the application's directories.
func (i *installation) strayOf(ctx context.Context, d *ledger.Document, which string) (s savepoint.Stray, dir string, err error) {
	dirs, err := i.directories(ctx, d)
	if err != nil {
		return s, "", err
	}
	known, err := i.knownPaths(ctx)
	if err != nil {
		return s, "", err
	}
	for _, dir := range dirs {
		found, err := i.savepoints().Strays(ctx, dir, savepoint.Search{Known: known})
		if err != nil {
			return s, dir, err
		}
		for _, s := range found.Strays {
			if savepoint.ID(s.Path) == which || flink.SamePath(s.Path, which) {
				return s, dir, nil
			}
		}
	}
	return s, "", fmt.Errorf("no savepoint that nobody knows of is named %s below the directories of %s: sluice snapshots %s lists what there is", which, d.Application, d.Application)
}

// adoptStray makes a stray known. It has to be whole.
func (p *program) adoptStray(ctx context.Context, i *installation, app flink.Application, which string, now time.Time) (strayAnswer, error) {
	d, _, err := i.Ledger.Document(ctx, app)
	if err != nil {
		return strayAnswer{}, err
	}
	found, _, err := i.strayOf(ctx, &d, which)
	if err != nil {
		return strayAnswer{}, err
	}
	report, err := i.savepoints().Verify(ctx, "", found.Path, savepoint.Report{}, savepoint.Budget{})
	if err != nil {
		return strayAnswer{}, err
	}
	if !report.Sound() {
		return strayAnswer{}, fmt.Errorf("%s is no whole savepoint: %s", found.Path, report.Message())
	}
	s := flink.Snapshot{Path: found.Path, ID: savepoint.ID(found.Path), Revision: d.Current, Taken: found.Newest, Kind: flink.AdoptedSnapshot, Size: report.Bytes, Files: report.Files,
		Verified: &flink.Verification{Kind: flink.VerifyMetadata, At: now, Sound: true, Message: report.Message()}}
	_, err = ledger.Update(ctx, i.Ledger, app, func(d *ledger.Document) error { d.AddSnapshot(s); return nil })
	return strayAnswer{Application: app, Path: s.Path, Adopted: &s}, err
}

// removeStray removes a stray, or a savepoint that was adopted. Everything else
// that is known goes by the policy.
func (p *program) removeStray(ctx context.Context, i *installation, app flink.Application, which string, now time.Time) (strayAnswer, error) {
	d, _, err := i.Ledger.Document(ctx, app)
	if err != nil {
		return strayAnswer{}, err
	}
	if s := d.Find(which); s != nil {
		return i.removeAdopted(ctx, &d, *s, now)
	}
	found, dir, err := i.strayOf(ctx, &d, which)
	if err != nil {
		return strayAnswer{}, err
	}
	switch {
	case found.Kind != savepoint.StraySavepoint && found.Kind != savepoint.StrayUnfinished:
		return strayAnswer{}, fmt.Errorf("%s is no savepoint, but %s: it is not Sluice's to remove", found.Path, found.Kind)
	case now.Sub(found.Newest) < settled:
		return strayAnswer{}, fmt.Errorf("%s was written to at %s: it may not be done yet. Wait until an hour has passed", found.Path, clock(found.Newest))
	}
	if err := i.unreferenced(ctx, &d, found.Path, now); err != nil {
		return strayAnswer{}, err
	}
	gone, err := i.savepoints().Remove(ctx, dir, found.Path)
	return strayAnswer{Application: app, Path: found.Path, Removed: &gone}, err
}

// removeAdopted removes one that somebody adopted: it is marked first, so that
// nothing starts from it meanwhile, and so that a rotation finishes what is cut off.
func (i *installation) removeAdopted(ctx context.Context, d *ledger.Document, s flink.Snapshot, now time.Time) (strayAnswer, error) {
	if s.Kind != flink.AdoptedSnapshot {
		return strayAnswer{}, fmt.Errorf("%s is known as %s: it goes by the policy, not by hand", s.Path, s.Kind)
	}
	if err := i.unreferenced(ctx, d, s.Path, now); err != nil {
		return strayAnswer{}, err
	}
	dirs, err := i.directories(ctx, d)
	if err != nil {
		return strayAnswer{}, err
	}
	fence := d.Fence
	_, err = ledger.Update(ctx, i.Ledger, d.Application, func(d *ledger.Document) error {
		if d.Held(now) || d.Fence != fence || d.Pending != nil {
			return flink.Errorf(flink.Conflict, "remove "+s.Path, "something else has begun in this moment: try again when it has ended")
		}
		d.Retiring(s.Path, now)
		return nil
	})
	if err != nil {
		return strayAnswer{}, err
	}
	for _, dir := range dirs {
		if !flink.Below(s.Path, dir) {
			continue
		}
		gone, err := i.savepoints().Remove(ctx, dir, s.Path)
		if err != nil {
			return strayAnswer{}, err
		}
		_, err = ledger.Update(ctx, i.Ledger, d.Application, func(d *ledger.Document) error { d.DropSnapshot(s.Path); return nil })
		return strayAnswer{Application: d.Application, Path: s.Path, Removed: &gone}, err
	}
	return strayAnswer{}, fmt.Errorf("%s lies in none of the directories of %s", s.Path, d.Application)
}

// unreferenced says what speaks against removing it: something is under way,
// something refers to it, or it cannot be seen whether.
func (i *installation) unreferenced(ctx context.Context, d *ledger.Document, path string, now time.Time) error {
	if d.Held(now) {
		return flink.Errorf(flink.Conflict, "remove "+path, "release %s is in flight: try again when it has ended", d.Lease.Release)
	}
	o, unseen := observe(ctx, i.Target, d.Application)
	if o == nil {
		return fmt.Errorf("it cannot be seen whether the cluster refers to %s: %s", path, unseen)
	}
	if o.Exists && o.Spec.Run == flink.Running && !o.Job.Reachable {
		return fmt.Errorf("it cannot be seen which state the job was restored from: %s", o.Job.Unreachable)
	}
	for _, r := range task.References(d, *o) {
		if flink.SamePath(r.Path, path) {
			return fmt.Errorf("%s stays: %s", path, r.By)
		}
	}
	return nil
}
