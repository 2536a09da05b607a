package bus

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"
)

// Letter is an event that could not be delivered.
type Letter struct {
	ID     string          `json:"id"`
	Queue  string          `json:"queue"`
	Rule   string          `json:"rule"`             // or schedule
	Origin string          `json:"origin,omitempty"` // its ARN
	Target Target          `json:"target"`
	Event  json.RawMessage `json:"event"`
	At     time.Time       `json:"at"` // when it was given up
	Tries  int             `json:"tries"`
	Reason string          `json:"reason"` // REFUSED, RETRIES_EXHAUSTED or MAXIMUM_AGE_EXCEEDED
	Cause  string          `json:"cause"`  // what the target said last
}

// Letters lists the dead letters, oldest first.
func (b *Bus) Letters() ([]Letter, error) { return Letters(b.o.Dir) }

// Bury puts a letter into its queue; the same id twice is one letter.
func (b *Bus) Bury(l Letter) error { return b.letters.put(l.ID, l) }

// Discard takes a dead letter out of its queue; one that is gone already is nothing to worry about.
func (b *Bus) Discard(id string) error {
	if err := b.letters.remove(id); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func lettersDir(dir string) string { return filepath.Join(dir, "dead-letters") }

// Letters lists the dead letters below a bus's directory, oldest first. The bus
// need not be open.
func Letters(dir string) ([]Letter, error) {
	letters, err := spool[Letter]{dir: lettersDir(dir)}.all()
	slices.SortFunc(letters, func(a, b Letter) int { return a.At.Compare(b.At) })
	return letters, err
}

// Replay sends a dead letter to its target again, with all its tries, and takes
// it out of the queue. It may arrive twice if the process ends in between.
func (b *Bus) Replay(id string) error {
	letters, err := b.letters.all()
	if err != nil {
		return err
	}
	at := slices.IndexFunc(letters, func(l Letter) bool { return l.ID == id })
	if at < 0 {
		return fmt.Errorf("there is no dead letter %s", id)
	}
	l := letters[at]
	d := delivery{ID: l.ID, Rule: l.Rule, Origin: l.Origin, Target: l.Target, Event: l.Event, Since: b.o.Clock.Now()}
	if err := b.pending.put(d.ID, d); err != nil {
		return err
	}
	if err := b.letters.remove(id); err != nil {
		return err
	}
	b.begin(d)
	return nil
}
