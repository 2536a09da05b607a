package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// incidentsAnswer is what incidents prints for machines.
type incidentsAnswer struct {
	Incidents []ledger.IncidentRecord `json:"incidents"` // newest first
	Open      []openIncident          `json:"open"`
}

// openIncident is an alarm that is being dealt with.
type openIncident struct {
	Application flink.Application `json:"application"`
	ledger.Incident
}

func (p *program) incidentsCommand() *cobra.Command {
	limit, all := 20, false
	c := &cobra.Command{
		Use:   "incidents [NAMESPACE/APP]",
		Short: "List alarms and what was done about them, the newest first",
		Args:  takes(0, 1, "at most one NAMESPACE/APP"),
		RunE:  func(c *cobra.Command, args []string) error { return p.incidents(c, args, limit, all) },
	}
	c.Flags().IntVar(&limit, "limit", limit, "how many to list")
	c.Flags().BoolVar(&all, "all", false, "list alarms about which nothing was to be done, too")
	c.AddCommand(&cobra.Command{
		Use:   "show NAMESPACE/APP [INCIDENT]",
		Short: "Tell an incident in words: which alarms, what was tried, how it ended and what to do",
		Args:  takes(1, 2, "NAMESPACE/APP, and an incident's id for one that is not the newest"),
		RunE:  func(c *cobra.Command, args []string) error { return p.showIncident(c.Context(), args) },
	})
	return c
}

func (p *program) incidents(c *cobra.Command, args []string, limit int, all bool) error {
	if limit < 1 {
		return usageError{fmt.Errorf("--limit is %d; it takes at least 1", limit)}
	}
	i, err := p.open(c.Context())
	if err != nil {
		return err
	}
	apps, err := incidentsOf(c.Context(), i.Ledger, args)
	if err != nil {
		return err
	}
	docs, err := documents(c.Context(), i.Ledger, apps)
	if err != nil {
		return err
	}
	answer := incidentsAnswer{Open: openIncidents(docs)}
	if answer.Incidents, err = newestIncidents(c.Context(), i.Ledger, apps, limit, all); err != nil {
		return err
	}
	return p.say(renderIncidents(answer), answer)
}

// incidentsOf lists the applications whose incidents were asked for; with none
// named, also that of alarms which are nobody's.
func incidentsOf(ctx context.Context, s ledger.Store, args []string) ([]flink.Application, error) {
	if len(args) > 0 {
		app, err := incidentApplication(args[0])
		return []flink.Application{app}, err
	}
	apps, err := s.Applications(ctx)
	return append(apps, ledger.NoApplication), err
}

// incidentApplication reads NAMESPACE/APP, or the place of alarms that are nobody's.
func incidentApplication(text string) (flink.Application, error) {
	if text == ledger.NoApplication.String() {
		return ledger.NoApplication, nil
	}
	return application(text)
}

func openIncidents(docs []ledger.Document) []openIncident {
	open := []openIncident{}
	for _, d := range docs {
		if d.Incident != nil {
			open = append(open, openIncident{d.Application, *d.Incident})
		}
	}
	return open
}

// scanned bounds how many records are read for each that is listed: most events
// of a storm joined an incident, and are left out.
const scanned = 20

// newestIncidents reads the newest records, without those about which nothing
// was to be done unless all are wanted.
func newestIncidents(ctx context.Context, s ledger.Store, apps []flink.Application, limit int, all bool) ([]ledger.IncidentRecord, error) {
	var records []ledger.IncidentRecord
	for _, app := range apps {
		ids, err := s.Incidents(ctx, app, limit*scanned)
		if err != nil {
			return nil, err
		}
		found := 0
		for _, id := range ids {
			r, err := s.Incident(ctx, app, id)
			if err != nil {
				return nil, err
			}
			if all || r.Outcome != flink.IncidentIgnored {
				records = append(records, r)
				found++
			}
			if found == limit {
				break
			}
		}
	}
	slices.SortFunc(records, func(a, b ledger.IncidentRecord) int { return strings.Compare(b.ID, a.ID) })
	return records[:min(limit, len(records))], nil
}

func (p *program) showIncident(ctx context.Context, args []string) error {
	app, err := incidentApplication(args[0])
	if err != nil {
		return err
	}
	i, err := p.open(ctx)
	if err != nil {
		return err
	}
	id := ""
	if len(args) > 1 {
		id = args[1]
	}
	r, err := incidentRecord(ctx, i.Ledger, app, id)
	if err != nil {
		return err
	}
	return p.say(renderIncident(r), r)
}

// newestIncident is the newest about which something was to be done, or that the
// newest event has joined; where there is none, the newest of all.
func newestIncident(ctx context.Context, s ledger.Store, app flink.Application) (ledger.IncidentRecord, error) {
	newest, err := newestIncidents(ctx, s, []flink.Application{app}, 1, true)
	if err == nil && len(newest) == 0 {
		err = fmt.Errorf("%s has had no alarm yet", app)
	}
	if err != nil {
		return ledger.IncidentRecord{}, err
	}
	if newest[0].Joins != "" {
		return incidentRecord(ctx, s, app, newest[0].Joins)
	}
	answered, err := newestIncidents(ctx, s, []flink.Application{app}, 1, false)
	return append(answered, newest[0])[0], err
}

// incidentRecord is the one that is named, else the newest.
func incidentRecord(ctx context.Context, s ledger.Store, app flink.Application, id string) (ledger.IncidentRecord, error) {
	if id == "" {
		return newestIncident(ctx, s, app)
	}
	r, err := s.Incident(ctx, app, id)
	if err == nil || flink.CodeOf(err) != flink.NotFound {
		return r, err
	}
	d, _, readErr := s.Document(ctx, app)
	if readErr == nil && d.Incident != nil && d.Incident.ID == id {
		return r, fmt.Errorf("incident %s of %s is open, its record is written when it ends: see sluice status %s", id, app, app)
	}
	return r, fmt.Errorf("%s has no incident %s: sluice incidents %s --all lists them", app, id, app)
}
