package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/local/sfn"
)

// rotatedWithin is how long one rotation may take: with a rehearsed restore some ten seconds.
const rotatedWithin = 5 * time.Minute

// rotateUntil has one savepoint after the other taken until there are n.
func (s *stage) rotateUntil(ctx context.Context, seen *rotations, n int) error {
	for len(seen.all) < n {
		if had := len(seen.all); had > 0 {
			time.Sleep(time.Until(seen.all[had-1].Started.Truncate(time.Second).Add(time.Second))) // two of one second would be the same rotation
		}
		r, err := s.rotateOnce(ctx)
		if err != nil {
			return err
		}
		if r.Snapshot == nil {
			return fmt.Errorf("rotation %s took no savepoint: %s%s%s", r.ID, r.Skipped, r.GaveWay, r.Failed)
		}
		seen.all = append(seen.all, r)
		for i, note := range rotationNotes(r) {
			number := ""
			if i == 0 {
				number = fmt.Sprint(len(seen.all))
			}
			s.line("  %2s  %s", number, indentRest(note, "      "))
		}
	}
	return nil
}

// rotateOnce starts the rotate machine for the counter and returns the record.
func (s *stage) rotateOnce(ctx context.Context) (r ledger.RotationRecord, err error) {
	input, err := json.Marshal(map[string][]string{"applications": {counter.String()}})
	if err != nil {
		return r, err
	}
	e, err := s.executions.Start(s.rotates, "", input)
	if err != nil {
		return r, err
	}
	if err := s.until(ctx, rotatedWithin, "the rotation did not end", func() (bool, error) {
		e, err = s.executions.Describe(e.ARN)
		return e.Status != sfn.StatusRunning, err
	}); err != nil {
		return r, err
	}
	d, _, err := s.ledger.Document(ctx, counter)
	if err != nil {
		return r, err
	}
	if d.Rotated == nil || d.Rotated.At.Before(e.Started) {
		return r, fmt.Errorf("the execution ended as %s and no rotation was recorded: %s %s", e.Status, e.Error, e.Cause)
	}
	return ledger.Rotation(ctx, s.records, counter, d.Rotated.ID)
}

// rotationNotes are what a rotation noted, but for why it was begun.
func rotationNotes(r ledger.RotationRecord) []string {
	var lines []string
	for _, m := range r.Timeline {
		if m.Note != r.Due {
			lines = append(lines, m.Note)
		}
	}
	return lines
}

// harm is what the scene did to a file.
type harm struct {
	snapshot flink.Snapshot
	file     string // its name
}

// damageNext flips one byte in the largest file of the savepoint that is read
// again next: the sound one that was not looked at for longest.
func (s *stage) damageNext(ctx context.Context) (h harm, err error) {
	d, _, err := s.ledger.Document(ctx, counter)
	if err != nil {
		return h, err
	}
	h.snapshot = longestUnseen(d.Snapshots)
	key, err := s.largestFile(ctx, h.snapshot.Path)
	if err != nil {
		return h, err
	}
	h.file = path.Base(key)
	s.line("  flipped a byte of s3://%s/%s", s.where.Data, key)
	return h, s.flip(ctx, key)
}

// longestUnseen is the savepoint whose proof is the oldest, but for the newest one.
func longestUnseen(all []flink.Snapshot) flink.Snapshot {
	var next, newest flink.Snapshot
	for _, s := range all {
		if s.Taken.After(newest.Taken) {
			newest = s
		}
	}
	for _, s := range all {
		if s.Verified != nil && s.Path != newest.Path && (next.Path == "" || s.Verified.At.Before(next.Verified.At)) {
			next = s
		}
	}
	return next
}

// largestFile is the key of a savepoint's largest file beside its _metadata.
func (s *stage) largestFile(ctx context.Context, snapshot string) (string, error) {
	objects, err := s.below(ctx, snapshot)
	if err != nil {
		return "", err
	}
	key, size := "", int64(0)
	for k, n := range objects {
		if n > size && path.Base(k) != "_metadata" {
			key, size = k, n
		}
	}
	if key == "" {
		return "", fmt.Errorf("%s has no file beside its _metadata", snapshot)
	}
	return key, nil
}

// below lists the sizes of the objects in a savepoint's directory, by key.
func (s *stage) below(ctx context.Context, snapshot string) (map[string]int64, error) {
	dir, err := savepoint.ParseLocation(snapshot)
	if err != nil {
		return nil, err
	}
	sizes := map[string]int64{}
	for p := s3.NewListObjectsV2Paginator(s.objects, &s3.ListObjectsV2Input{Bucket: &dir.Bucket, Prefix: aws.String(dir.Key + "/")}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, o := range page.Contents {
			sizes[aws.ToString(o.Key)] = aws.ToInt64(o.Size)
		}
	}
	return sizes, nil
}

// flip changes the byte in the middle of an object of the data bucket.
func (s *stage) flip(ctx context.Context, key string) error {
	out, err := s.objects.GetObject(ctx, &s3.GetObjectInput{Bucket: &s.where.Data, Key: &key})
	if err != nil {
		return err
	}
	body, err := io.ReadAll(out.Body)
	if err = errors.Join(err, out.Body.Close()); err != nil {
		return err
	}
	body[len(body)/2] ^= 1
	_, err = s.objects.PutObject(ctx, &s3.PutObjectInput{Bucket: &s.where.Data, Key: &key, Body: bytes.NewReader(body)})
	return err
}

// filesOf counts the objects that are left of each savepoint, by path.
func (s *stage) filesOf(ctx context.Context, all []ledger.RotationRecord) (map[string]int, error) {
	left := map[string]int{}
	for _, r := range all {
		objects, err := s.below(ctx, r.Snapshot.Path)
		if err != nil {
			return nil, err
		}
		left[r.Snapshot.Path] = len(objects)
	}
	return left, nil
}
