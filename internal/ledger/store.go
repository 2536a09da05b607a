package ledger

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Version is what a Store calls the state of a document that was read: an
// ETag, or empty for a document that does not exist yet.
type Version string

// Store is where the ledger lives. Errors are *flink.Error.
type Store interface {
	// Document reads an application's document. One that does not exist is a
	// new document with Version "", no error.
	Document(ctx context.Context, app flink.Application) (Document, Version, error)
	// Write replaces the document if it still has that version, or fails with
	// Conflict. A write that won although its answer was lost may also answer Conflict.
	Write(ctx context.Context, d Document, v Version) error

	// WriteRecord keeps a release's own record: the same id again replaces it, whoever wrote that.
	WriteRecord(ctx context.Context, r Record) error
	// WriteRecordIfAbsent keeps a record where the release has none, and tells
	// whether it did. One of an event that was ignored counts as none, and what
	// one release supposed of another gives way to what the next supposes. It is
	// decided where it is written: a write that hung leaves alone what came since.
	WriteRecordIfAbsent(ctx context.Context, r Record) (bool, error)
	// Record reads one; NotFound when there is none.
	Record(ctx context.Context, app flink.Application, id string) (Record, error)
	// Records lists the newest ids first, at most limit of them.
	Records(ctx context.Context, app flink.Application, limit int) ([]string, error)
	// WriteIncident keeps the record of an alarm's event; the same id again replaces
	// it, but that an event was ignored never takes the place of how its incident
	// went: it may have been delivered twice, and read by both before either wrote.
	WriteIncident(ctx context.Context, r IncidentRecord) error
	// Incident reads one; NotFound when there is none.
	Incident(ctx context.Context, app flink.Application, id string) (IncidentRecord, error)
	// Incidents lists the newest ids first, at most limit of them.
	Incidents(ctx context.Context, app flink.Application, limit int) ([]string, error)
	// Applications lists every application that has a document.
	Applications(ctx context.Context) ([]flink.Application, error)
	// Documents lists the same with the versions that Document would answer with,
	// by key, and reads none of them.
	Documents(ctx context.Context) ([]Listed, error)

	// WriteRevision keeps a revision; it is immutable, so the same id again is a no-op.
	WriteRevision(ctx context.Context, app flink.Application, r flink.Revision) error
	// Revision reads one; NotFound when there is none.
	Revision(ctx context.Context, app flink.Application, id string) (flink.Revision, error)
}

// Listed is an application that has a document, and that document's version.
type Listed struct {
	Application flink.Application
	Version     Version
}

// updateTries is how often a lost race is run again before the caller hears of it.
const updateTries = 8

// Update reads the document, lets change alter it, and writes it back; when
// somebody else wrote first it starts again. An error of change ends it and
// nothing is written. It returns the document as written.
func Update(ctx context.Context, s Store, app flink.Application, change func(*Document) error) (Document, error) {
	var last error
	for range updateTries {
		d, v, err := s.Document(ctx, app)
		if err != nil {
			return Document{}, err
		}
		if err := change(&d); err != nil {
			return d, err
		}
		d.Schema, d.Token = Schema, rand.Text()
		won, err := write(ctx, s, d, v)
		if won {
			return d, nil
		}
		if flink.CodeOf(err) != flink.Conflict {
			return d, err
		}
		last = err
	}
	return Document{}, last
}

// write tells whether the document was written. A Conflict, or no answer at
// all, may stand for a write of ours that won: then our token is there.
func write(ctx context.Context, s Store, d Document, v Version) (bool, error) {
	err := s.Write(ctx, d, v)
	if err == nil {
		return true, nil
	}
	now, _, readErr := s.Document(ctx, d.Application)
	if readErr != nil {
		return false, errors.Join(err, readErr)
	}
	return now.Token == d.Token, err
}
