package ledger

import (
	"context"
	"sync"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Remember makes a store that reads each application's newest revision once and
// not at every look: a revision never changes.
func Remember(s Store) Store {
	return &remembering{Store: s, known: map[flink.Application]remembered{}}
}

type remembering struct {
	Store
	mu    sync.Mutex
	known map[flink.Application]remembered
}

type remembered struct {
	id       string
	revision flink.Revision
}

// Revision implements Store.
func (r *remembering) Revision(ctx context.Context, app flink.Application, id string) (flink.Revision, error) {
	r.mu.Lock()
	known, ok := r.known[app]
	r.mu.Unlock()
	if ok && known.id == id {
		return known.revision, nil
	}
	revision, err := r.Store.Revision(ctx, app, id)
	if err == nil {
		r.mu.Lock()
		r.known[app] = remembered{id, revision}
		r.mu.Unlock()
	}
	return revision, err
}
