package savepoint

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

// endless repeats bytes after a beginning, for ever.
type endless struct {
	beginning io.Reader
	again     []byte
	at        int
}

func (e *endless) Read(p []byte) (int, error) {
	if n, _ := e.beginning.Read(p); n > 0 {
		return n, nil
	}
	for n := 0; n < len(p); {
		copied := copy(p[n:], e.again[e.at:])
		n, e.at = n+copied, (e.at+copied)%len(e.again)
	}
	return len(p), nil
}

// begins is a _metadata up to its operators.
func begins(numbers ...int) []byte {
	b := binary.BigEndian.AppendUint32(nil, magic)
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint32(b, uint32(n)) //nolint:gosec // Java's int
	}
	return b
}

func TestAHostileFileIsRefusedWithinBounds(t *testing.T) {
	const mebi = 1 << 20
	ones := bytes.Repeat([]byte{0xFF}, 16)
	operator := append(bytes.Repeat([]byte{0}, 16), 0, 0, 0, 1, 0, 0, 0, 1, 0)                         // parallelism 1, no coordinator
	subtask := append(bytes.Clone(operator), 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)           // one, without operator state
	file := []byte{0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 'x'}                       // a delta at 0: an absolute file x
	changes := append(bytes.Clone(subtask), 10, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF)        // a changelog of two thousand million files
	nested := bytes.Repeat([]byte{8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 100) // a changelog within a changelog …
	inline := append(bytes.Clone(operator[:24]), 1, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF)                      // a coordinator of two gibibytes
	delegates := bytes.Repeat([]byte{3, 0, 0, 0, 0, 0, 0, 0, 0}, 1000)                                 // key groups within key groups …
	header := func(rest ...byte) []byte { return append(begins(4, 0, 1, 0, 1), rest...) }              // one operator follows
	for name, c := range map[string]struct {
		file  []byte
		again []byte // nil: it ends
		want  string
		kind  error
	}{
		"nothing":                               {nil, nil, "it ends too early", ErrDamaged},
		"a text":                                {[]byte("<Error><Code>NoSuchKey</Code></Error>"), nil, "it begins with 3c457272", ErrDamaged},
		"a version of tomorrow":                 {begins(7), ones, "version 7; versions 2 to 6 are read", ErrUnsupported},
		"a version of Flink 1.2":                {begins(1), ones, "version 1; versions 2 to 6 are read", ErrUnsupported},
		"a negative checkpoint id":              {begins(4, -1, -1), ones, "the checkpoint's id is -1", ErrDamaged},
		"two thousand million master states":    {begins(4, 0, 1, 1<<31-1), nil, "it ends too early", ErrDamaged},
		"two thousand million operators":        {begins(4, 0, 1, 0, 1<<31-1), []byte{0}, "it has 2147483647 operators", ErrUnsupported},
		"a negative number of operators":        {begins(4, 0, 1, 0, -5), nil, "-5 operators", ErrDamaged},
		"an operator of no parallelism":         {header(make([]byte, 24)...), []byte{0}, "an operator of parallelism 0", ErrDamaged},
		"more subtasks than its parallelism":    {header(append(bytes.Clone(operator), 0x7F, 0xFF, 0xFF, 0xFF)...), []byte{0}, "has 2147483647 subtasks", ErrDamaged},
		"inline state that never ends":          {header(inline...), []byte{0}, "it is larger than the 268435456 bytes", ErrUnsupported},
		"inline state that ends before it says": {header(inline...), nil, "it ends too early", ErrDamaged},
		"files without end":                     {header(changes...), file, "more than 262144 subtasks and handles", ErrUnsupported},
		"handles within handles":                {header(append(bytes.Clone(subtask), nested...)...), nil, "more than 8 handles within each other", ErrDamaged},
		"bytes within bytes":                    {header(append(bytes.Clone(operator[:24]), delegates...)...), nil, "more than 8 handles within each other", ErrDamaged},
		"keyed state of a type of tomorrow":     {header(append(bytes.Clone(subtask), 99)...), []byte{0}, "keyed state of the unknown type 99", ErrUnsupported},
		"a file of a negative size":             {header(append(bytes.Clone(operator[:24]), 2, 0xFF, 0, 0, 0, 0, 0, 0, 0)...), []byte{0}, "a file of -", ErrDamaged},
		"a segment beyond every file":           {header(append(append(bytes.Clone(operator[:24]), 15, 0x7F), ones...)...), []byte{0}, "of -1 bytes", ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			var r io.Reader = bytes.NewReader(c.file)
			if c.again != nil {
				r = &endless{beginning: r, again: bytes.Repeat(c.again, 1000)}
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Read(r)
			runtime.ReadMemStats(&after)
			if err == nil || !errors.Is(err, c.kind) || flink.CodeOf(err) != flink.Invalid || !strings.Contains(err.Error(), c.want) {
				t.Errorf("it is said: %v; want %q", err, c.want)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 192*mebi || errors.Is(c.kind, ErrDamaged) && used > mebi {
				t.Errorf("%d MiB were allocated", used/mebi)
			}
		})
	}
}

// A source that fails is no fault of the file.
func TestASourceThatFailsIsNotDamage(t *testing.T) {
	for _, failed := range []error{errors.New("connection reset"), flink.Errorf(flink.Refused, "read", "no right to")} {
		want := flink.Unavailable
		if known := flink.CodeOf(failed); known == flink.Refused {
			want = known
		}
		_, err := Read(io.MultiReader(bytes.NewReader(begins(4, 0)), failing{failed}))
		if flink.CodeOf(err) != want || errors.Is(err, ErrDamaged) {
			t.Errorf("%v became %v", failed, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestTextIsReadAsJavaWritesIt(t *testing.T) {
	for want, written := range map[string]string{
		"plain":      "plain",
		"zählt":      "z\xC3\xA4hlt",
		"数":          "\xE6\x95\xB0",
		"a\x00b":     "a\xC0\x80b",
		"\U0001F9F9": "\xED\xA0\xBE\xED\xB7\xB9", // two halves of three bytes each
	} {
		if got, ok := modifiedUTF8([]byte(written)); !ok || got != want {
			t.Errorf("%x is %q, %v; want %q", written, got, ok, want)
		}
	}
	for _, wrong := range []string{"\x80", "\xC3", "\xE6\x95", "\xF0\x9F\xA7\xB9", "a\xFF"} {
		if got, ok := modifiedUTF8([]byte(wrong)); ok {
			t.Errorf("%x is %q", wrong, got)
		}
	}
}
