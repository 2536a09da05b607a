package savepoint

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/sluice-flink/sluice/internal/flink"
)

const readOp = "read the savepoint's _metadata"

// ErrDamaged is in the chain of every error about a file that is not what Flink wrote.
var ErrDamaged = errors.New("the _metadata is damaged")

// ErrUnsupported is in the chain of every error about a file that may be whole
// but that this version of Sluice cannot read.
var ErrUnsupported = errors.New("the _metadata cannot be read by this version of Sluice")

// Bounds of what is read, so that a planted file costs little.
const (
	maxMetadata  = 256 << 20 // bytes of the file
	maxThings    = 1 << 18   // master states, subtasks and handles: some 200 MB with their files and objects
	maxOperators = 1 << 16
	maxDepth     = 8       // handles within handles
	maxKeyGroups = 1 << 15 // Flink's own highest maximum parallelism
)

// input reads Java's DataOutput format. The first error stays and everything
// after it reads as zero, so that callers check once; their loops end by more.
type input struct {
	r      *bufio.Reader
	at     int64 // bytes read
	things int
	lean   bool // subtasks and handles are not kept
	err    error
}

func newInput(r io.Reader) *input {
	return &input{r: bufio.NewReaderSize(io.LimitReader(r, maxMetadata+1), 64<<10)}
}

// more says whether the i-th of n things is to be read.
func (in *input) more(i, n int) bool { return i < n && in.err == nil }

// counted says whether one thing more may be kept.
func (in *input) counted() bool {
	if in.things++; in.things > maxThings && !in.lean {
		in.unsupported("it has more than %d subtasks and handles", maxThings)
	}
	return in.err == nil
}

// damaged ends the reading: the file is not what Flink wrote.
func (in *input) damaged(format string, args ...any) { in.refuse(ErrDamaged, format, args...) }

// unsupported ends the reading: nobody knows whether the file is whole.
func (in *input) unsupported(format string, args ...any) { in.refuse(ErrUnsupported, format, args...) }

func (in *input) refuse(kind error, format string, args ...any) {
	if in.err == nil {
		in.err = flink.Errorf(flink.Invalid, readOp, "%w: at byte %d: %s", kind, in.at, fmt.Sprintf(format, args...))
	}
}

// broken ends the reading with the source's error. An end before time is the file's fault.
func (in *input) broken(err error) {
	var known *flink.Error
	switch {
	case in.err != nil:
	case errors.As(err, &known):
		in.err = err
	case in.at > maxMetadata:
		in.unsupported("it is larger than the %d bytes that are read", maxMetadata)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		in.damaged("it ends too early")
	default:
		in.err = flink.Errorf(flink.Unavailable, readOp, "%w", err)
	}
}

func (in *input) read(p []byte) {
	if in.err != nil {
		clear(p)
		return
	}
	n, err := io.ReadFull(in.r, p)
	in.at += int64(n)
	if err != nil || in.at > maxMetadata {
		clear(p)
		in.broken(err)
	}
}

// skip passes over n bytes that nobody looks at.
func (in *input) skip(n int64) {
	if n < 0 {
		in.damaged("a length of %d", n)
	}
	for n > 0 && in.err == nil {
		passed, err := in.r.Discard(int(min(n, 1<<30)))
		in.at, n = in.at+int64(passed), n-int64(passed)
		if err != nil || in.at > maxMetadata {
			in.broken(err)
		}
	}
}

func (in *input) byte() byte {
	var b [1]byte
	in.read(b[:])
	return b[0]
}

func (in *input) int16() uint16 {
	var b [2]byte
	in.read(b[:])
	return binary.BigEndian.Uint16(b[:])
}

func (in *input) int() int {
	var b [4]byte
	in.read(b[:])
	return int(int32(binary.BigEndian.Uint32(b[:]))) //nolint:gosec // Java's int is signed
}

func (in *input) long() int64 {
	var b [8]byte
	in.read(b[:])
	return int64(binary.BigEndian.Uint64(b[:])) //nolint:gosec // Java's long is signed
}

// count reads how many things follow. What it returns allocates nothing: lengths lie.
func (in *input) count(what string) int {
	n := in.int()
	if n < 0 {
		in.damaged("%d %s", n, what)
		return 0
	}
	return n
}

// size reads a number of bytes.
func (in *input) size(what string) int64 {
	n := in.long()
	if n < 0 {
		in.damaged("%s of %d bytes", what, n)
		return 0
	}
	return n
}

// blob passes over bytes that are preceded by their number, and gives that.
func (in *input) blob(what string) int64 {
	n := int64(in.count("bytes of " + what))
	in.skip(n)
	return n
}
