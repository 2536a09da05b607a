package jar

import (
	"errors"
	"fmt"
	"io"

	"github.com/sluice-flink/sluice/internal/flink"
)

// blockSize is how much is fetched at a time. The zip reader asks for 4 KiB
// pieces; against S3 each would be a request.
const blockSize = 1 << 20

var (
	errSpent  = errors.New("more was read than a jar needs")
	errBefore = errors.New("it lies before the file's beginning")
)

// blocks reads ahead by one block, bounds what is read in all, and tells
// failures of the source from faults of the jar.
type blocks struct {
	r      io.ReaderAt
	size   int64
	budget int64 // bytes that may still be asked for
	spent  bool
	err    error // what the source failed with
	block  []byte
	start  int64 // of block
}

// ReadAt is io.ReaderAt; it is not for concurrent use.
func (b *blocks) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 { // a table of contents that was cut off from what it is about
		return 0, errBefore
	}
	n := 0
	for n < len(p) {
		if off+int64(n) >= b.size {
			return n, io.EOF
		}
		if err := b.load(off + int64(n)); err != nil {
			return n, err
		}
		copied := copy(p[n:], b.block[off+int64(n)-b.start:])
		n += copied
		b.budget -= int64(copied)
		if b.budget < 0 {
			b.spent = true
			return n, errSpent
		}
	}
	return n, nil
}

// load makes sure that the block holds the byte at off.
func (b *blocks) load(off int64) error {
	if off >= b.start && off < b.start+int64(len(b.block)) {
		return nil
	}
	start := off - off%blockSize
	block := make([]byte, min(blockSize, b.size-start))
	n, err := b.r.ReadAt(block, start)
	if n == len(block) {
		b.block, b.start = block, start
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = fmt.Errorf("%d bytes were announced and the source ends at %d", b.size, start+int64(n))
	}
	b.err = err
	return err
}

// unreadable is the error for a source that failed.
func unreadable(err error) error {
	var known *flink.Error
	if errors.As(err, &known) {
		return err
	}
	return &flink.Error{Code: flink.Unavailable, Op: op, Err: fmt.Errorf("the jar cannot be read: %w", err)}
}
