package savepoint

import (
	"context"
	"encoding/json"

	"github.com/sluice-flink/sluice/internal/flink"
)

const (
	listSchema = 1
	// saveEvery is how many bytes are read between two writes of an unfinished
	// list: what a crash repeats, or one file.
	saveEvery = 64 << 20
	// maxListed keeps a list below what the ledger's store reads of one object.
	maxListed = 100_000
)

// List is what is kept of a savepoint's content when it was taken. It lies in
// the ledger's bucket under the key that the ledger's Snapshot.Checksums names.
type List struct {
	Schema int     `json:"schema"`
	Path   string  `json:"path"`           // s3://…, the savepoint's directory
	Files  []Sum   `json:"files"`          // in the order of Contents.Files
	Next   *Cursor `json:"next,omitempty"` // nil: it is complete
}

// Sum is the content of a file.
type Sum struct {
	Name   string `json:"name"` // as File.Name
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Progress is how far a list is.
type Progress struct {
	Done  bool  `json:"done"`
	Files int   `json:"files"` // listed
	Of    int   `json:"of"`
	Bytes int64 `json:"bytes"` // of all files of the savepoint; when done, of those listed
}

// Record reads the files of a savepoint and keeps their checksums under a key.
// It is called until it is Done: it goes on where the call before left off, in
// whatever process that was, and does nothing when the list is complete. A
// crash repeats at most 64 MiB. A savepoint that is not whole is Invalid, and
// the message names the file.
func (s Store) Record(ctx context.Context, key, path string, b Budget) (Progress, error) {
	dir, err := ParsePath(path)
	if err != nil {
		return Progress{}, err
	}
	l, err := s.unfinished(ctx, key, dir)
	if err != nil || l.Next == nil {
		return l.progress(), err
	}
	c, err := s.Contents(ctx, path)
	if err != nil {
		return Progress{}, err
	}
	if err := recordable(dir, c); err != nil {
		return Progress{}, err
	}
	l.fit(c)
	err = s.record(ctx, key, &l, c, &meter{Budget: b})
	p := l.progress()
	p.Of, p.Bytes = len(c.Files), c.Size
	return p, err
}

// recordable refuses a savepoint that has nothing worth comparing with.
func recordable(dir Location, c Contents) error {
	const op = "record the checksums of "
	if len(c.Files) > maxListed {
		return flink.Errorf(flink.Invalid, op+dir.String(), "it has %d files; checksums are kept of at most %d", len(c.Files), maxListed)
	}
	if faults := c.Faults(); len(faults) > 0 {
		return flink.Errorf(flink.Invalid, op+dir.String(), "it is not whole: %s", faults[0])
	}
	return nil
}

// record reads on until the list is complete or the budget is spent.
func (s Store) record(ctx context.Context, key string, l *List, c Contents, m *meter) error {
	saved := int64(0)
	for l.Next != nil {
		f := c.Files[l.Next.File]
		sum, err := s.digest(ctx, f, l.Next, m)
		if err != nil {
			return err
		}
		if sum != "" {
			l.Files = append(l.Files, Sum{Name: f.Name, Size: f.Object.Size, SHA256: sum})
		}
		if l.Next.File == len(c.Files) {
			l.Next = nil
		}
		if l.Next == nil || m.spent() || m.read-saved >= saveEvery {
			if err := s.save(ctx, key, *l); err != nil {
				return err
			}
			saved = m.read
		}
		if m.spent() {
			return nil
		}
	}
	return nil
}

// fit starts a list anew whose beginning is not that of the savepoint.
func (l *List) fit(c Contents) {
	fits := l.Next.File == len(l.Files) && len(l.Files) < len(c.Files)
	for i := 0; fits && i < len(l.Files); i++ {
		fits = l.Files[i].Name == c.Files[i].Name && l.Files[i].Size == c.Files[i].Object.Size
	}
	if !fits {
		l.Files, l.Next = nil, &Cursor{}
	}
}

func (l List) progress() Progress {
	p := Progress{Done: l.Next == nil && len(l.Files) > 0, Files: len(l.Files), Of: len(l.Files)}
	for _, f := range l.Files {
		p.Bytes += f.Size
	}
	return p
}

// unfinished reads the list of a savepoint; a new one where there is none, or
// one of another savepoint.
func (s Store) unfinished(ctx context.Context, key string, dir Location) (List, error) {
	fresh := List{Schema: listSchema, Path: dir.String(), Next: &Cursor{}}
	l, err := s.list(ctx, key)
	if flink.CodeOf(err) == flink.NotFound {
		return fresh, nil
	}
	if err == nil && l.Path != fresh.Path {
		return fresh, nil
	}
	return l, err
}

func (s Store) list(ctx context.Context, key string) (List, error) {
	body, _, err := s.Lists.Get(ctx, key)
	if err != nil {
		return List{}, err
	}
	var l List
	if err := json.Unmarshal(body, &l); err != nil {
		return List{}, flink.Errorf(flink.Internal, "read "+key, "the list of checksums is damaged: %w; restore an older version of the object, or remove it", err)
	}
	if l.Schema != listSchema {
		return List{}, flink.Errorf(flink.Refused, "read "+key, "the list of checksums has the schema %d, and this version of Sluice knows %d: use the newer one", l.Schema, listSchema)
	}
	return l, nil
}

func (s Store) save(ctx context.Context, key string, l List) error {
	body, err := json.Marshal(l)
	if err != nil {
		return flink.Errorf(flink.Internal, "write "+key, "%w", err)
	}
	return s.Lists.Put(ctx, key, body)
}
