package savepoint

import (
	"context"
	"path"
	"sort"

	"github.com/sluice-flink/sluice/internal/flink"
)

// look finds the objects of files by listing. It asks for a page that begins
// at the next file that is looked for, so that it never costs more requests
// than there are files, and no more than the directories have pages.
func (s Store) look(ctx context.Context, files []Found) error {
	order := make([]*Found, len(files))
	for i := range files {
		order[i] = &files[i]
	}
	sort.Slice(order, func(i, j int) bool { return before(order[i].At, order[j].At) })
	for len(order) > 0 {
		left, err := s.lookFrom(ctx, order)
		if err != nil {
			return err
		}
		order = left
	}
	return nil
}

func before(a, b Location) bool {
	if a.Bucket != b.Bucket {
		return a.Bucket < b.Bucket
	}
	return a.Key < b.Key
}

// lookFrom decides at least the first of the files, and all others that the
// same page can: there, or not. It gives those that are left.
func (s Store) lookFrom(ctx context.Context, files []*Found) ([]*Found, error) {
	first := files[0].At
	// A key without its last byte sorts right before it, but for what it is a prefix of.
	prefix, after := dirOf(first).prefix(), first.Key[:len(first.Key)-1]
	for {
		page, err := s.Objects.List(ctx, first.Bucket, prefix, after)
		if err != nil {
			return nil, err
		}
		if left := settle(files, page, first.Bucket, prefix); len(left) < len(files) {
			return left, nil
		}
		if len(page.Objects) == 0 {
			return nil, flink.Errorf(flink.Unavailable, "list "+first.String(), "the store says that more follows and gives nothing")
		}
		after = page.Objects[len(page.Objects)-1].Key
	}
}

func dirOf(l Location) Location {
	dir := path.Dir(l.Key)
	if dir == "." {
		dir = ""
	}
	return Location{l.Bucket, dir}
}

// settle decides the files, ascending, that a page tells of: those of its
// prefix up to its last key, or all of its prefix when nothing follows.
func settle(files []*Found, page Page, bucket, prefix string) []*Found {
	at := 0
	for len(files) > 0 {
		f := files[0]
		if f.At.Bucket != bucket || dirOf(f.At).prefix() != prefix {
			break
		}
		for at < len(page.Objects) && page.Objects[at].Key < f.At.Key {
			at++
		}
		if at == len(page.Objects) && page.More {
			break
		}
		if at < len(page.Objects) && page.Objects[at].Key == f.At.Key {
			f.Object = &page.Objects[at]
		}
		files = files[1:]
	}
	return files
}
