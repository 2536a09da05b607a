package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sort"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Objects is what a Store needs of an object store. S3 has it; Memory keeps it
// in a map. Errors are *flink.Error: NotFound, Conflict, Unavailable.
type Objects interface {
	// Get reads an object and its version.
	Get(ctx context.Context, key string) ([]byte, Version, error)
	// Put writes unconditionally.
	Put(ctx context.Context, key string, body []byte) error
	// PutIf writes when the object has that version, or, for "", when there is none; else Conflict.
	PutIf(ctx context.Context, key string, body []byte, v Version) error
	// Keys lists the keys below a prefix, in any order.
	Keys(ctx context.Context, prefix string) ([]string, error)
	// Versions lists the keys below a prefix, each with the version that Get answers with.
	Versions(ctx context.Context, prefix string) (map[string]Version, error)
}

// New makes a Store over an object store.
func New(o Objects) Store { return store{o} }

type store struct{ objects Objects }

func (s store) Document(ctx context.Context, app flink.Application) (Document, Version, error) {
	d := Document{Schema: Schema, Application: app}
	body, v, err := s.objects.Get(ctx, documentKey(app))
	if err != nil {
		if flink.CodeOf(err) == flink.NotFound {
			return d, "", nil
		}
		return d, v, err
	}
	if err := decodeDocument(body, &d); err != nil {
		return d, v, damaged(documentKey(app), err)
	}
	if err := d.sane(app); err != nil {
		return d, v, damaged(documentKey(app), err)
	}
	return d, v, nil
}

func (s store) Write(ctx context.Context, d Document, v Version) error {
	body, err := encode(d)
	if err != nil {
		return err
	}
	return s.objects.PutIf(ctx, documentKey(d.Application), body, v)
}

func (s store) WriteRecord(ctx context.Context, r Record) error {
	r.Schema = Schema
	body, err := encode(r)
	if err != nil {
		return err
	}
	return s.objects.Put(ctx, RecordKey(r.Application, r.ID), body)
}

func (s store) WriteRecordIfAbsent(ctx context.Context, r Record) (bool, error) {
	r.Schema = Schema
	key := RecordKey(r.Application, r.ID)
	body, err := encode(r)
	if err != nil {
		return false, err
	}
	return replace(ctx, s.objects, key, body, func(known Record) bool { return known.givesWay(r) })
}

// replace writes a record where none stands, or one that gives way. False: what
// stands there stays, or somebody else has written in this moment.
func replace[T any](ctx context.Context, objects Objects, key string, body []byte, givesWay func(known T) bool) (bool, error) {
	there, v, err := objects.Get(ctx, key)
	if err != nil && flink.CodeOf(err) != flink.NotFound {
		return false, err
	}
	if err == nil {
		var known T
		if err := json.Unmarshal(there, &known); err != nil {
			return false, damaged(key, err)
		}
		if !givesWay(known) {
			return false, nil
		}
	}
	err = objects.PutIf(ctx, key, body, v)
	if err != nil && flink.CodeOf(err) == flink.Conflict {
		return false, nil
	}
	return err == nil, err
}

func (s store) Record(ctx context.Context, app flink.Application, id string) (Record, error) {
	var r Record
	key := RecordKey(app, id)
	if err := s.get(ctx, key, &r); err != nil {
		return r, err
	}
	if err := named(r.ID, id); err != nil {
		return r, damaged(key, err)
	}
	return r, nil
}

func (s store) Records(ctx context.Context, app flink.Application, limit int) ([]string, error) {
	return s.newest(ctx, recordPrefix(app), limit)
}

// newest lists the ids of the newest objects below a prefix.
func (s store) newest(ctx context.Context, prefix string, limit int) ([]string, error) {
	keys, err := s.objects.Keys(ctx, prefix)
	if err != nil {
		return nil, err
	}
	sort.Sort(sort.Reverse(sort.StringSlice(keys)))
	ids := make([]string, 0, min(limit, len(keys)))
	for _, k := range keys[:min(limit, len(keys))] {
		ids = append(ids, idOf(k))
	}
	return ids, nil
}

func (s store) WriteIncident(ctx context.Context, r IncidentRecord) error {
	r.Schema = Schema
	body, err := encode(r)
	if err != nil {
		return err
	}
	key := IncidentKey(r.Application, r.ID)
	if r.Outcome != flink.IncidentIgnored {
		return s.objects.Put(ctx, key, body)
	}
	_, err = replace(ctx, s.objects, key, body, func(known IncidentRecord) bool { return known.Outcome == flink.IncidentIgnored })
	return err
}

func (s store) Incident(ctx context.Context, app flink.Application, id string) (IncidentRecord, error) {
	var r IncidentRecord
	key := IncidentKey(app, id)
	if err := s.get(ctx, key, &r); err != nil {
		return r, err
	}
	if err := named(r.ID, id); err != nil {
		return r, damaged(key, err)
	}
	return r, nil
}

func (s store) Incidents(ctx context.Context, app flink.Application, limit int) ([]string, error) {
	return s.newest(ctx, incidentPrefix(app), limit)
}

func (s store) Applications(ctx context.Context) ([]flink.Application, error) {
	keys, err := s.objects.Keys(ctx, DocumentPrefix)
	if err != nil {
		return nil, err
	}
	sort.Strings(keys)
	var apps []flink.Application
	for _, k := range keys {
		if app, ok := applicationOf(k); ok {
			apps = append(apps, app)
		}
	}
	return apps, nil
}

func (s store) Documents(ctx context.Context) ([]Listed, error) {
	versions, err := s.objects.Versions(ctx, DocumentPrefix)
	var all []Listed
	for _, key := range slices.Sorted(maps.Keys(versions)) {
		if app, ok := applicationOf(key); ok {
			all = append(all, Listed{app, versions[key]})
		}
	}
	return all, err
}

func (s store) WriteRevision(ctx context.Context, app flink.Application, r flink.Revision) error {
	body, err := encode(r)
	if err != nil {
		return err
	}
	err = s.objects.PutIf(ctx, revisionKey(app, r.ID), body, "")
	if err != nil && flink.CodeOf(err) == flink.Conflict {
		return nil // the same content is there
	}
	return err
}

func (s store) Revision(ctx context.Context, app flink.Application, id string) (flink.Revision, error) {
	var r flink.Revision
	key := revisionKey(app, id)
	if err := s.get(ctx, key, &r); err != nil {
		return r, err
	}
	if err := named(r.ID, id); err != nil {
		return r, damaged(key, err)
	}
	return r, nil
}

func (s store) get(ctx context.Context, key string, into any) error {
	body, _, err := s.objects.Get(ctx, key)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return damaged(key, err)
	}
	return nil
}

// damaged words what cannot be read; an error that has a code says it itself.
func damaged(key string, err error) error {
	var known *flink.Error
	if errors.As(err, &known) {
		return flink.Errorf(known.Code, "read "+key, "%w", known.Err)
	}
	return flink.Errorf(flink.Internal, "read "+key, "the document is damaged: %w; restore an older version of the object", err)
}

func encode(v any) ([]byte, error) {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, flink.Errorf(flink.Internal, "write the ledger", "%w", err)
	}
	return body, nil
}
