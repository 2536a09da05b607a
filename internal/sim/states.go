package sim

import (
	"context"
	"io"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/savepoint/savepointtest"
)

// states is the bucket that jobs keep their states in: each savepoint of the
// model has files there once somebody looks.
type states struct {
	*world
	files *savepoint.Memory
	there map[string]bool // savepoints whose files were written
}

func newStates(w *world) states {
	return states{w, savepoint.NewMemory(), map[string]bool{}}
}

// appear writes the files of savepoints that have none yet.
func (s states) appear() {
	for _, path := range s.model.Savepoints() {
		if !s.there[path] {
			s.there[path] = true
			_, err := savepointtest.Put(s.files, path, 2, s.line.now)
			must(err)
		}
	}
}

// refused is the error of a bucket that may not be read, or is not there.
func (s states) refused(op string) error {
	if s.line.now.Before(s.away[StatesRefused]) {
		return flink.Errorf(flink.Refused, op, "AccessDenied")
	}
	if s.line.now.Before(s.away[StatesMissing]) {
		return flink.Errorf(flink.Refused, op, "NoSuchBucket")
	}
	s.appear()
	return nil
}

// List implements savepoint.Objects.
func (s states) List(ctx context.Context, bucket, prefix, after string) (p savepoint.Page, err error) {
	err = s.call(ctx, "states.List", prefix, func() error {
		if err := s.refused("list " + prefix); err != nil {
			return err
		}
		p, err = s.files.List(ctx, bucket, prefix, after)
		return err
	})
	return p, err
}

// Open implements savepoint.Objects.
func (s states) Open(ctx context.Context, bucket, key, etag string, from int64) (r io.ReadCloser, err error) {
	err = s.call(ctx, "states.Open", key, func() error {
		if err := s.refused("read " + key); err != nil {
			return err
		}
		r, err = s.files.Open(ctx, bucket, key, etag, from)
		return err
	})
	return r, err
}

// Delete implements savepoint.Objects. A savepoint without its _metadata is none any more.
func (s states) Delete(ctx context.Context, bucket string, keys []string) error {
	return s.call(ctx, "states.Delete", keys[0], func() error {
		if err := s.refused("remove " + keys[0]); err != nil {
			return err
		}
		for _, key := range keys {
			if dir, is := strings.CutSuffix(key, "/_metadata"); is && s.model.Stored("s3://"+bucket+"/"+dir) {
				s.journal.removed = "s3://" + bucket + "/" + dir
				s.model.Lose(s.journal.removed)
			}
		}
		return s.files.Delete(ctx, bucket, keys)
	})
}

// meddleWithStates changes the bucket behind everybody's back. What is lost is
// lost of the files only: the model restores a state all the same.
func (w *world) meddleWithStates(how Kind) {
	s := w.states
	s.appear()
	if how == Stray {
		_, err := savepointtest.Put(s.files, savepoints+"/lost/savepoint-aaaaaa-bbbbbbbbbbbb", 2, w.line.now)
		must(err)
		return
	}
	if known := w.journal.document.Snapshots; len(known) > 0 {
		dir, err := savepoint.ParsePath(known[len(known)-1].Path)
		must(err)
		must(s.files.Delete(context.Background(), dir.Bucket, []string{dir.Key + "/state-0001"}))
	}
}
