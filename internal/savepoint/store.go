package savepoint

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Store reads and removes savepoints, and keeps the lists of their checksums.
type Store struct {
	Objects Objects        // where savepoints lie
	Lists   ledger.Objects // where checksums are kept: the ledger's bucket
}

// ID names a savepoint for people and keys: short, stable, and the same for
// every way to write its path. It is "" for a path that is none.
func ID(path string) string {
	l, err := ParsePath(path)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(l.String()))
	return hex.EncodeToString(sum[:6])
}

// Metadata reads the _metadata of the savepoint or checkpoint at a path: its
// directory, or the file itself. NotFound says that there is none; Invalid,
// with ErrDamaged or ErrUnsupported in the chain, that it cannot be read.
func (s Store) Metadata(ctx context.Context, path string) (Metadata, error) {
	dir, err := ParsePath(path)
	if err != nil {
		return Metadata{}, err
	}
	return s.metadata(ctx, dir, Read)
}

func (s Store) metadata(ctx context.Context, dir Location, read func(io.Reader) (Metadata, error)) (Metadata, error) {
	file := dir.child(metadataFile)
	r, err := s.Objects.Open(ctx, file.Bucket, file.Key, "", 0)
	if err != nil {
		return Metadata{}, err
	}
	defer func() { _ = r.Close() }()
	return read(r)
}

// Contents is a savepoint and the files that it needs.
type Contents struct {
	Metadata Metadata
	Files    []Found // _metadata first, then as they are first named
	Size     int64   // bytes of the files that are there
}

// Found is a file that a savepoint needs and the object that it is.
type Found struct {
	File
	At     Location
	Object *Object // nil: it is not there
}

// Contents reads a savepoint's _metadata and looks for every file that it
// refers to. It reads listings, not files.
func (s Store) Contents(ctx context.Context, path string) (Contents, error) {
	dir, err := ParsePath(path)
	if err != nil {
		return Contents{}, err
	}
	m, err := s.metadata(ctx, dir, Read)
	if err != nil {
		return Contents{}, err
	}
	found, err := needed(dir, m)
	if err != nil {
		return Contents{}, err
	}
	if err := s.look(ctx, found); err != nil {
		return Contents{}, err
	}
	c := Contents{Metadata: m, Files: found}
	for _, f := range found {
		if f.Object != nil {
			c.Size += f.Object.Size
		}
	}
	return c, nil
}

// needed lists the files of a savepoint and where they lie.
func needed(dir Location, m Metadata) ([]Found, error) {
	files, err := m.Files()
	if err != nil {
		return nil, err
	}
	// No number says how large _metadata itself is: that it could be read is the proof.
	found := []Found{{File: File{Name: metadataFile, Relative: true, AtLeast: true}, At: dir.child(metadataFile)}}
	for _, f := range files {
		at, err := f.locate(dir)
		if err != nil {
			return nil, flink.Errorf(flink.CodeOf(err), "find the files of "+dir.String(), "%w", err)
		}
		found = append(found, Found{File: f, At: at})
	}
	return found, nil
}
