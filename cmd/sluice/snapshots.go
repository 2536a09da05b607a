package main

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/manifest"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/task"
)

// holdings is what is known of an application's snapshots.
type holdings struct {
	Application flink.Application `json:"application"`
	Now         time.Time         `json:"now"`
	Policy      flink.Snapshots   `json:"policy"`
	Snapshots   []heldSnapshot    `json:"snapshots"`        // newest first
	Strays      []stray           `json:"strays,omitempty"` // what lies in its directories and nobody knows of
	Directories []string          `json:"directories"`      // where it keeps savepoints
	Rotated     *ledger.Rotated   `json:"rotated"`          // how the newest rotation went; null: there was none
	Notes       []string          `json:"notes,omitempty"`  // what could not be read
}

// heldSnapshot is a snapshot, and why it stays or goes.
type heldSnapshot struct {
	flink.Snapshot
	Format  string                `json:"format,omitempty"` // CANONICAL or NATIVE; empty: not read
	Retire  bool                  `json:"retire"`           // the next rotation removes it
	Why     flink.RetentionReason `json:"why"`
	Because string                `json:"because"`
}

// stray is what nobody knows of, with the id that it can be named by.
type stray struct {
	ID string `json:"id"`
	savepoint.Stray
}

func (p *program) snapshotsCommand() *cobra.Command {
	c := p.onApplication("snapshots NAMESPACE/APP", "List an application's savepoints: age, size, whether they are proven, and why each stays or goes",
		func(ctx context.Context, i *installation, app flink.Application) (string, any, error) {
			h, err := p.holdings(ctx, i, app, time.Now())
			return renderHoldings(h), h, err
		})
	c.Long = "Lists the savepoints that are known, newest first: what took it (Rotation: the timer; Stop, Insurance: a release; Adopted:\n" +
		"somebody), which revision wrote it, its format, how it was proven and when, and why it stays, with what refers to it, or\n" +
		"goes. Then the strays in its directories, which nobody knows of, and how the newest rotation went."
	c.AddCommand(p.adoptSnapshotCommand(), p.removeSnapshotCommand())
	return c
}

// holdings gathers what the ledger, the cluster and the bucket say. What one of
// them does not tell is noted; only the ledger has to answer.
func (p *program) holdings(ctx context.Context, i *installation, app flink.Application, now time.Time) (holdings, error) {
	h := holdings{Application: app, Now: now.UTC(), Snapshots: []heldSnapshot{}}
	d, _, err := i.Ledger.Document(ctx, app)
	if err != nil {
		return h, err
	}
	h.Rotated = d.Rotated
	if h.Policy, err = p.snapshotPolicy(ctx, app); err != nil {
		h.Policy = flink.DefaultPolicy().Snapshots
		h.Notes = append(h.Notes, "its policy could not be read, so its defaults count: "+firstSentence(err))
	}
	if h.Directories, err = i.directories(ctx, &d); err != nil {
		return h, err
	}
	o, unseen := observe(ctx, i.Target, app)
	if o == nil {
		o = &flink.Observation{}
		h.Notes = append(h.Notes, "what the cluster refers to is not known: "+unseen)
	}
	h.decide(&d, *o)
	if i.States == nil {
		h.Notes = append(h.Notes, "the bucket was not looked into")
		return h, nil
	}
	i.readFormats(ctx, h.Snapshots)
	return h, i.survey(ctx, &h)
}

// decide says of each snapshot why it stays or goes.
func (h *holdings) decide(d *ledger.Document, o flink.Observation) {
	for _, r := range flink.DecideRetention(flink.Holdings{Now: h.Now, Policy: h.Policy, Snapshots: d.Snapshots,
		References: task.References(d, o), Good: task.GoodRevisions(d), Directories: h.Directories}) {
		if r.Snapshot.ID == "" {
			r.Snapshot.ID = savepoint.ID(r.Snapshot.Path)
		}
		h.Snapshots = append(h.Snapshots, heldSnapshot{Snapshot: r.Snapshot, Retire: r.Retire, Why: r.Why, Because: r.Message})
	}
	slices.SortStableFunc(h.Snapshots, func(a, b heldSnapshot) int { return b.Taken.Compare(a.Taken) })
}

// snapshotPolicy is what the policy says of snapshots.
func (p *program) snapshotPolicy(ctx context.Context, app flink.Application) (flink.Snapshots, error) {
	docs, _, err := p.policyDocuments(ctx, []string{app.String()}, explainOptions{})
	if err != nil {
		return flink.Snapshots{}, err
	}
	layers, err := docs.layers()
	if err != nil {
		return flink.Snapshots{}, err
	}
	values, err := p.placeholders(fillIn{})
	if err != nil {
		return flink.Snapshots{}, err
	}
	withStandIns(values)
	m, err := manifest.Parse(docs[2].text, app, values, layers...)
	if err != nil {
		return flink.Snapshots{}, err
	}
	return m.Policy.Snapshots, nil
}

// revisions are those of the application that run, ran well, or wrote a snapshot.
func (i *installation) revisions(ctx context.Context, d *ledger.Document) ([]flink.Revision, error) {
	ids := append([]string{d.Current}, task.GoodRevisions(d)...)
	for _, s := range d.Snapshots {
		ids = append(ids, s.Revision)
	}
	slices.Sort(ids)
	var all []flink.Revision
	for _, id := range slices.Compact(ids) {
		v, err := i.Ledger.Revision(ctx, d.Application, id)
		if id == "" || flink.CodeOf(err) == flink.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// directories are where the application's revisions keep their savepoints.
func (i *installation) directories(ctx context.Context, d *ledger.Document) ([]string, error) {
	revisions, err := i.revisions(ctx, d)
	all := []string{}
	for _, v := range revisions {
		if dir := v.SavepointDirectory(); dir != "" && !slices.Contains(all, dir) {
			all = append(all, dir)
		}
	}
	return all, err
}

// readFormats reads it from each _metadata that can be read.
func (i *installation) readFormats(ctx context.Context, all []heldSnapshot) {
	for n := range all {
		m, err := i.savepoints().Metadata(ctx, all[n].Path)
		if err == nil && m.Properties != nil {
			all[n].Format = m.Properties.Format
		}
	}
}

// survey finds the strays. Applications may share a directory, so those that any
// of them knows are none.
func (i *installation) survey(ctx context.Context, h *holdings) error {
	known, err := i.knownPaths(ctx)
	if err != nil {
		return err
	}
	for _, dir := range h.Directories {
		found, err := i.savepoints().Strays(ctx, dir, savepoint.Search{Known: known})
		if err != nil {
			h.Notes = append(h.Notes, dir+" could not be surveyed: "+firstSentence(err))
			continue
		}
		for _, s := range found.Strays {
			h.Strays = append(h.Strays, stray{savepoint.ID(s.Path), s})
		}
		if found.Partial {
			h.Notes = append(h.Notes, "there is more below "+dir+" than is looked at")
		}
	}
	return nil
}

// knownPaths are the snapshots that any application's document names.
func (i *installation) knownPaths(ctx context.Context) ([]string, error) {
	docs, err := i.documents(ctx)
	if err != nil {
		return nil, err
	}
	var known []string
	for n := range docs {
		for _, s := range docs[n].Snapshots {
			known = append(known, s.Path)
		}
		for _, r := range task.References(&docs[n], flink.Observation{}) {
			known = append(known, r.Path)
		}
	}
	return known, nil
}

// savepoints reads and removes savepoints. It has no lists of checksums: those
// are the rotation's.
func (i *installation) savepoints() savepoint.Store { return savepoint.Store{Objects: i.States} }
