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
)

// strayAnswer is what adopt and remove print for machines.
type strayAnswer struct {
	Application flink.Application  `json:"application"`
	Path        string             `json:"path"`
	Adopted     *flink.Snapshot    `json:"adopted,omitempty"`
	Removed     *savepoint.Removal `json:"removed,omitempty"`
}

func (p *program) adoptSnapshotCommand() *cobra.Command {
	return p.strayCommand("adopt", "Take in a savepoint that nobody knows of: it stays until somebody removes it",
		"Takes in a stray: a savepoint that somebody took by hand, or that a rotation gave way from. All its files have to\n"+
			"be there. From then on sluice snapshots lists it, redeploy and fork know it by its id, and no policy removes it.", adoptStray)
}

func (p *program) strayCommand(name, short, long string, do func(context.Context, *installation, flink.Application, string, time.Time) (strayAnswer, error)) *cobra.Command {
	return &cobra.Command{
		Use: name + " NAMESPACE/APP ID|PATH", Short: short, Long: long, Args: takes(2, 2, "NAMESPACE/APP and the id or path of a savepoint"),
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
	return fmt.Sprintf("%s: %s is gone, %d files of %s\n", a.Application, a.Path, a.Removed.Files, bytesOf(a.Removed.Bytes))
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
	return s, "", fmt.Errorf("there is no savepoint %s below the directories of %s: sluice snapshots %s lists what there is", which, d.Application, d.Application)
}

// adoptStray makes a stray known. It has to be whole.
func adoptStray(ctx context.Context, i *installation, app flink.Application, which string, now time.Time) (strayAnswer, error) {
	d, _, err := i.Ledger.Document(ctx, app)
	if err != nil {
		return strayAnswer{}, err
	}
	if s := d.Find(which); s != nil {
		return strayAnswer{}, fmt.Errorf("%s is known already as %s: there is nothing to adopt", s.Path, s.Kind)
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
	s := flink.Snapshot{Path: found.Path, ID: savepoint.ID(found.Path), Revision: d.RanAt(found.Oldest), Taken: found.Newest, Kind: flink.AdoptedSnapshot, Size: report.Bytes, Files: report.Files,
		Verified: &flink.Verification{Kind: flink.VerifyMetadata, At: now, Sound: true, Message: report.Message()}}
	_, err = ledger.Update(ctx, i.Ledger, app, func(d *ledger.Document) error {
		if known := d.Snapshot(s.Path); known != nil {
			return flink.Errorf(flink.Conflict, "adopt "+s.Path, "it has become known in this moment: sluice snapshots %s says as what", app)
		}
		d.AddSnapshot(s)
		return nil
	})
	return strayAnswer{Application: app, Path: s.Path, Adopted: &s}, err
}
