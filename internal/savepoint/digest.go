package savepoint

import (
	"context"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"errors"
	"hash"
	"io"

	"github.com/sluice-flink/sluice/internal/flink"
)

// blockSize is how much is read between two looks at the budget.
const blockSize = 1 << 20

// Budget is what one call may spend. A call always gets on by a block of a
// mebibyte, so that calls come to an end whatever their budgets.
type Budget struct {
	Bytes int64       // to read; 0: no limit
	Over  func() bool // asked between blocks; nil: never
}

// Cursor is where reading goes on: in the next call, perhaps of another process.
type Cursor struct {
	File   int    `json:"file"`             // of Contents.Files
	Offset int64  `json:"offset,omitempty"` // bytes of it that are read
	ETag   string `json:"etag,omitempty"`   // of the object that was begun
	State  []byte `json:"state,omitempty"`  // of the SHA-256 up to there
}

// meter counts against a budget.
type meter struct {
	Budget
	read int64
}

func (m *meter) spent() bool {
	return m.Bytes > 0 && m.read >= m.Bytes || m.Over != nil && m.Over()
}

// digest reads on in the file of the cursor, to its end or that of the budget.
// It gives the sum, in hexadecimal, at the end, and moves the cursor.
func (s Store) digest(ctx context.Context, f Found, c *Cursor, m *meter) (string, error) {
	sum, err := resume(c, f.Object.ETag)
	if err != nil {
		return "", err
	}
	if c.Offset < f.Object.Size || c.Offset == 0 {
		if err := s.readOn(ctx, f, c, m, sum); err != nil || c.Offset < f.Object.Size {
			return "", errors.Join(err, keepState(c, sum))
		}
	}
	*c = Cursor{File: c.File + 1}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// resume takes the sum up where the cursor left it, or begins when the object
// is another by now.
func resume(c *Cursor, etag string) (hash.Hash, error) {
	sum := sha256.New()
	if c.ETag != etag || len(c.State) == 0 {
		*c = Cursor{File: c.File, ETag: etag}
		return sum, nil
	}
	if err := sum.(encoding.BinaryUnmarshaler).UnmarshalBinary(c.State); err != nil {
		return nil, flink.Errorf(flink.Internal, "go on with a checksum", "the cursor is damaged: %w", err)
	}
	return sum, nil
}

func keepState(c *Cursor, sum hash.Hash) error {
	state, err := sum.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return flink.Errorf(flink.Internal, "keep a checksum", "%w", err)
	}
	c.State = state
	return nil
}

func (s Store) readOn(ctx context.Context, f Found, c *Cursor, m *meter, sum hash.Hash) error {
	r, err := s.Objects.Open(ctx, f.At.Bucket, f.At.Key, f.Object.ETag, c.Offset)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	for first := true; first || !m.spent(); first = false {
		n, err := io.CopyN(sum, r, blockSize)
		c.Offset, m.read = c.Offset+n, m.read+n
		if errors.Is(err, io.EOF) {
			return whole(f, c.Offset)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// whole makes sure that an object ends where its listing says.
func whole(f Found, at int64) error {
	if at == f.Object.Size {
		return nil
	}
	return flink.Errorf(flink.Unavailable, "read "+f.At.String(), "it ended after %d of %d bytes", at, f.Object.Size)
}
