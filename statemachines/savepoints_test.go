package statemachines_test

import (
	"context"
	"encoding/json"
	"io"
	"strings"

	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/savepoint/savepointtest"
)

// savepoints is the model with the files that its savepoints consist of, and the
// object store that they lie in.
type savepoints struct {
	*targettest.Model
	files   *savepoint.Memory
	clock   *asl.VirtualClock
	refused string // why the store may not be read; empty: it may
	saving  func() // what happens while the next savepoint is being written
	locked  string // the word of the path whose files may not be removed
	dies    string // the word of the path at whose removal the function dies, once
	hangs   bool   // a rehearsal shows nothing
	dead    bool   // the function that is at work has died
}

// alive is a new invocation.
func (s *savepoints) alive() {
	if s.dead {
		s.dead = false
		s.Interrupt(nil)
	}
}

// StartSnapshot implements flink.Target.
func (s *savepoints) StartSnapshot(ctx context.Context, r flink.SnapshotRequest) error {
	err := s.Model.StartSnapshot(ctx, r)
	if f := s.saving; f != nil && err == nil {
		s.saving = nil
		f()
	}
	return err
}

// Snapshot implements flink.Target.
func (s *savepoints) Snapshot(ctx context.Context, r flink.SnapshotRequest) (flink.SnapshotState, error) {
	state, err := s.Model.Snapshot(ctx, r)
	if dir, failed := savepoint.ParsePath(state.Path); failed == nil && len(s.files.Keys(dir.Bucket, dir.Key+"/")) == 0 {
		_, err = s.put(state.Path)
	}
	return state, err
}

// Observe implements flink.Target. A savepoint that the operator stopped a job with has files, too.
func (s *savepoints) Observe(ctx context.Context, app flink.Application) (flink.Observation, error) {
	o, err := s.Model.Observe(ctx, app)
	path := o.Status.Savepoint.Path
	if dir, failed := savepoint.ParsePath(path); failed == nil && s.Stored(path) && len(s.files.Keys(dir.Bucket, dir.Key+"/")) == 0 {
		_, err = s.put(path)
	}
	return o, err
}

// LookAtRehearsal implements flink.Rehearser.
func (s *savepoints) LookAtRehearsal(ctx context.Context, r flink.Rehearsal) (flink.RehearsalFacts, error) {
	facts, err := s.Model.LookAtRehearsal(ctx, r)
	if s.hangs && facts.Exists {
		facts.Job = flink.JobFacts{Unreachable: "connection refused", Restarts: -1}
	}
	return facts, err
}

// put writes a savepoint's files.
func (s *savepoints) put(path string) ([]string, error) {
	return savepointtest.Put(s.files, path, 2, s.clock.Now())
}

// List implements savepoint.Objects.
func (s *savepoints) List(ctx context.Context, bucket, prefix, after string) (savepoint.Page, error) {
	if s.refused != "" {
		return savepoint.Page{}, flink.Errorf(flink.Refused, "list s3://"+bucket+"/"+prefix, "%s", s.refused)
	}
	return s.files.List(ctx, bucket, prefix, after)
}

// Open implements savepoint.Objects.
func (s *savepoints) Open(ctx context.Context, bucket, key, etag string, from int64) (io.ReadCloser, error) {
	if s.refused != "" {
		return nil, flink.Errorf(flink.Refused, "read s3://"+bucket+"/"+key, "%s", s.refused)
	}
	return s.files.Open(ctx, bucket, key, etag, from)
}

// Delete implements savepoint.Objects.
func (s *savepoints) Delete(ctx context.Context, bucket string, keys []string) error {
	for _, key := range keys {
		if s.locked != "" && strings.Contains(key, s.locked+"/") {
			return flink.Errorf(flink.Refused, "remove files from s3://"+bucket, "AccessDenied")
		}
	}
	if err := s.files.Delete(ctx, bucket, keys); err != nil {
		return err
	}
	for _, key := range keys {
		dir, is := strings.CutSuffix(key, "/_metadata")
		if is {
			s.Lose("s3://" + bucket + "/" + dir)
		}
		if is && s.dies != "" && strings.HasSuffix(dir, s.dies) {
			s.dies = ""
			return flink.Errorf(flink.Internal, "remove", "the function dies here")
		}
	}
	return nil
}

// damage flips a byte of a state file, or removes one.
func (s *savepoints) damage(path string, remove bool) error {
	dir, err := savepoint.ParsePath(path)
	if err != nil {
		return err
	}
	at := savepoint.Location{Bucket: dir.Bucket, Key: dir.Key + "/state-0001"}
	if remove {
		return s.files.Delete(context.Background(), at.Bucket, []string{at.Key})
	}
	r, err := s.files.Open(context.Background(), at.Bucket, at.Key, "", 0)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	body[len(body)/2] ^= 1
	s.files.Put(at, body, s.clock.Now())
	return nil
}

// readObject is what an ItemReader reads.
func (w *world) readObject(ctx context.Context, arguments json.RawMessage) (json.RawMessage, error) {
	var in struct{ Bucket, Key string }
	must(w.t, json.Unmarshal(arguments, &in))
	body, _, err := w.objects.Get(ctx, in.Key)
	return body, err
}
