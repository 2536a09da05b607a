package ledger

import (
	"context"
	"encoding/json"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// RotationRecord is what is kept for good of a rotation of an application's
// savepoints. The id sorts by time.
type RotationRecord struct {
	Schema      int               `json:"schema"`
	ID          string            `json:"id"`
	Application flink.Application `json:"application"`
	Execution   string            `json:"execution"`
	Due         string            `json:"due"` // why it was begun
	Started     time.Time         `json:"started"`
	Ended       time.Time         `json:"ended"`
	Snapshot    *flink.Snapshot   `json:"snapshot,omitempty"` // that it took, as it was proven
	Skipped     string            `json:"skipped,omitempty"`  // why it took none
	GaveWay     string            `json:"gaveWay,omitempty"`  // to which change
	Failed      string            `json:"failed,omitempty"`   // what came between
	Damaged     []string          `json:"damaged,omitempty"`  // what was found of snapshots, a sentence each
	Retired     []Gone            `json:"retired,omitempty"`
	Strays      int               `json:"strays,omitempty"` // savepoints in its directory that nobody knows of
	Timeline    []Moment          `json:"timeline"`
}

// Gone is a snapshot whose files were removed, and why.
type Gone struct {
	Path string `json:"path"`
	Why  string `json:"why"`
}

// WriteRotation keeps a rotation's record; the same id again replaces it.
func WriteRotation(ctx context.Context, o Objects, r RotationRecord) error {
	r.Schema = Schema
	body, err := encode(r)
	if err != nil {
		return err
	}
	return o.Put(ctx, rotationKey(r.Application, r.ID), body)
}

// Rotation reads a rotation's record; NotFound when there is none.
func Rotation(ctx context.Context, o Objects, app flink.Application, id string) (RotationRecord, error) {
	var r RotationRecord
	body, _, err := o.Get(ctx, rotationKey(app, id))
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return r, damaged(rotationKey(app, id), err)
	}
	if err := named(r.ID, id); err != nil {
		return r, damaged(rotationKey(app, id), err)
	}
	return r, nil
}
