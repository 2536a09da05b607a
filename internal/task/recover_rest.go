package task

import (
	"sync"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// restMemory keeps, between the invocations of one function, the versions of
// documents that leave nothing to mend. Nothing in such a document becomes due by
// time, so it need not be read again before it is written: most applications of
// most ticks are looked at by the listing alone. A function that has just started
// knows none and reads all. The zero one, and nil, know none.
type restMemory struct {
	mu    sync.Mutex
	known map[flink.Application]ledger.Version
}

// knows tells whether the document that is listed was read before and is at rest.
func (m *restMemory) knows(l ledger.Listed) bool {
	if m == nil || l.Version == "" {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.known[l.Application] == l.Version
}

// learn remembers a document that was read, if it is at rest.
func (m *restMemory) learn(f remains) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.known = map[flink.Application]ledger.Version{}
	}
	delete(m.known, f.document.Application)
	if isAtRest(f.document) {
		m.known[f.document.Application] = f.version
	}
}

// isAtRest: nobody holds it, waits or is about an alarm, and nothing is to be
// sent. Recovery has nothing to do with it, whatever the time.
func isAtRest(d ledger.Document) bool {
	return d.Lease == nil && d.Pending == nil && d.Parked == nil && d.Incident == nil && len(d.Outbox) == 0
}
