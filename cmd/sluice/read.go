package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// applications lists those that were asked for: the one named, or all.
func applications(ctx context.Context, s ledger.Store, args []string) ([]flink.Application, error) {
	if len(args) == 0 {
		return s.Applications(ctx)
	}
	app, err := application(args[0])
	return []flink.Application{app}, err
}

// newestRecords reads the newest records of the applications, the newest first.
func newestRecords(ctx context.Context, s ledger.Store, apps []flink.Application, limit int) ([]ledger.Record, error) {
	type named struct {
		app flink.Application
		id  string
	}
	var all []named
	for _, app := range apps {
		ids, err := s.Records(ctx, app, limit)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			all = append(all, named{app, id})
		}
	}
	slices.SortFunc(all, func(a, b named) int { return strings.Compare(b.id, a.id) })
	var records []ledger.Record
	for _, n := range all[:min(limit, len(all))] {
		r, err := s.Record(ctx, n.app, n.id)
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, nil
}

// documents reads the ledger's documents of the applications.
func documents(ctx context.Context, s ledger.Store, apps []flink.Application) ([]ledger.Document, error) {
	var all []ledger.Document
	for _, app := range apps {
		d, v, err := s.Document(ctx, app)
		if err != nil {
			return nil, err
		}
		if v != "" {
			all = append(all, d)
		}
	}
	return all, nil
}

// findRecord finds a release by its id, whatever application it is of.
func findRecord(ctx context.Context, s ledger.Store, id string) (ledger.Record, error) {
	apps, err := s.Applications(ctx)
	if err != nil {
		return ledger.Record{}, err
	}
	for _, app := range append(apps, ledger.NoApplication) {
		r, err := s.Record(ctx, app, id)
		if err == nil || flink.CodeOf(err) != flink.NotFound {
			return r, err
		}
		d, _, err := s.Document(ctx, app)
		if err != nil {
			return r, err
		}
		if d.Lease != nil && d.Lease.Release == id {
			return r, fmt.Errorf("release %s of %s is in flight, its record is written when it ends: see sluice status %s", id, app, app)
		}
	}
	return ledger.Record{}, fmt.Errorf("there is no release %s: sluice releases lists them", id)
}
