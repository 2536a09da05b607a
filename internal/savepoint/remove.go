package savepoint

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Removal is what a call of Remove took away.
type Removal struct {
	Files int   `json:"files"` // _metadata included
	Bytes int64 `json:"bytes"` // _metadata not included
	Whole bool  `json:"-"`     // nothing of it was removed, by this call or before: _metadata was seen, and is still there
}

// checkpointDir are the directories in which Flink keeps checkpoints of a job:
// chk-N, and what several of them may refer to (CheckpointStorage of Flink's
// filesystem state backend).
var checkpointDir = regexp.MustCompile(`^(chk-\d+|shared|taskowned)$`)

// Remove takes away the files of the savepoint at a path, which has to lie
// below root, the directory where the application's savepoints are. What is no
// savepoint's own directory is refused: a checkpoint, a directory with other
// savepoints in it, root itself.
//
// _metadata goes first, as in Flink's own Checkpoints.disposeSavepoint: from
// then on nobody takes what is left for a savepoint, whenever this is cut off.
// Called again it goes on; where nothing is left it does nothing.
//
// Files outside of the directory are never touched, not even those that
// _metadata names. Whether something else refers to the savepoint (a job that
// runs from it) is for the caller to know.
func (s Store) Remove(ctx context.Context, root, path string) (Removal, error) {
	dir, err := removable(root, path)
	if err != nil {
		return Removal{}, err
	}
	there, err := s.isSavepoint(ctx, dir)
	if err != nil {
		return Removal{Whole: there}, err
	}
	if err := s.alone(ctx, dir); err != nil {
		return Removal{Whole: there}, err
	}
	if err := s.Objects.Delete(ctx, dir.Bucket, []string{dir.child(metadataFile).Key}); err != nil {
		return Removal{Whole: there}, err
	}
	r, err := s.removeBelow(ctx, dir)
	if there {
		r.Files++
	}
	return r, err
}

// removable is what can be said without looking.
func removable(root, path string) (Location, error) {
	const op = "remove the savepoint "
	within, err := ParseLocation(root)
	if err != nil {
		return within, err
	}
	dir, err := ParsePath(path)
	if err != nil {
		return dir, err
	}
	if !dir.below(within) {
		return dir, flink.Errorf(flink.Invalid, op+path, "it does not lie below %s, where savepoints may be removed", root)
	}
	if slices.ContainsFunc(strings.Split(strings.TrimPrefix(dir.Key, within.prefix()), "/"), checkpointDir.MatchString) {
		return dir, flink.Errorf(flink.Invalid, op+path, "it is a directory of checkpoints, which belong to Flink")
	}
	return dir, nil
}

// isSavepoint refuses what its own _metadata calls a checkpoint. What has no
// _metadata, or one that cannot be read, may be removed: its name is all there
// is. It tells whether there is one.
func (s Store) isSavepoint(ctx context.Context, dir Location) (there bool, err error) {
	m, err := s.metadata(ctx, dir, readLean)
	switch code := flink.CodeOf(err); {
	case err != nil && code == flink.NotFound:
		return false, nil
	case err != nil && code == flink.Invalid:
		return true, nil
	case err != nil:
		return false, err
	case m.Properties != nil && !m.Properties.Savepoint:
		return true, flink.Errorf(flink.Invalid, "remove the savepoint "+dir.String(), "its _metadata says that it is a checkpoint, which belongs to Flink")
	}
	return true, nil
}

// alone refuses a directory in which more than one savepoint lies.
func (s Store) alone(ctx context.Context, dir Location) error {
	return s.walk(ctx, dir, func(page []Object) error {
		for _, o := range page {
			segments := strings.Split(strings.TrimPrefix(o.Key, dir.prefix()), "/")
			last := len(segments) - 1
			if last > 0 && (segments[last] == metadataFile || slices.ContainsFunc(segments[:last], checkpointDir.MatchString)) {
				return flink.Errorf(flink.Invalid, "remove the savepoint "+dir.String(), "%s lies in it: name the savepoint itself", Location{dir.Bucket, o.Key})
			}
		}
		return nil
	})
}

func (s Store) removeBelow(ctx context.Context, dir Location) (Removal, error) {
	var r Removal
	err := s.walk(ctx, dir, func(page []Object) error {
		keys := make([]string, len(page))
		var bytes int64
		for i, o := range page {
			keys[i], bytes = o.Key, bytes+o.Size
		}
		if err := s.Objects.Delete(ctx, dir.Bucket, keys); err != nil {
			return err
		}
		r.Files, r.Bytes = r.Files+len(keys), r.Bytes+bytes
		return nil
	})
	return r, err
}

// walk shows every page of what lies below a directory.
func (s Store) walk(ctx context.Context, dir Location, see func([]Object) error) error {
	for after, more := "", true; more; {
		page, err := s.Objects.List(ctx, dir.Bucket, dir.prefix(), after)
		if err != nil {
			return err
		}
		if len(page.Objects) == 0 {
			return nil
		}
		if err := see(page.Objects); err != nil {
			return err
		}
		after, more = page.Objects[len(page.Objects)-1].Key, page.More
	}
	return nil
}
