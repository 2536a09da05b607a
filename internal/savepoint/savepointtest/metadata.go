package savepointtest

import (
	"bytes"
	"encoding/binary"
)

// File is a state file of a savepoint.
type File struct {
	Name string // relative to the savepoint; a URI when Absolute
	Body []byte

	Absolute bool
}

// Metadata is the _metadata of a canonical savepoint with one operator, which
// has a subtask of one key group for each file.
func Metadata(checkpointID int64, files ...File) []byte {
	w := &writer{}
	w.int(0x4960672d)
	w.int(4)
	w.long(checkpointID)
	w.int(0) // master states
	w.int(1) // operators
	w.long(0x1122334455667788)
	w.long(0x0102030405060708)
	w.int(max(1, len(files)))
	w.int(1 << 15)
	w.byte(0) // no coordinator
	w.int(len(files))
	for i, f := range files {
		w.subtask(i, f)
	}
	w.properties()
	return w.Bytes()
}

type writer struct{ bytes.Buffer }

func (w *writer) byte(b byte)  { w.WriteByte(b) }
func (w *writer) int(n int)    { w.Write(binary.BigEndian.AppendUint32(nil, uint32(n))) } //nolint:gosec // Java's int
func (w *writer) long(n int64) { w.Write(binary.BigEndian.AppendUint64(nil, uint64(n))) } //nolint:gosec // Java's long

// text writes what DataOutput.writeUTF writes of text without zero bytes, in
// Unicode's basic plane.
func (w *writer) text(s string) {
	w.Write(binary.BigEndian.AppendUint16(nil, uint16(len(s)))) //nolint:gosec // names are short
	w.WriteString(s)
}

// subtask has keyed state in one file, and nothing else.
func (w *writer) subtask(index int, f File) {
	w.int(index)
	w.int(0)  // managed operator state
	w.int(0)  // raw operator state
	w.byte(7) // key groups of a savepoint
	w.int(index)
	w.int(1)
	w.long(0)
	if f.Absolute {
		w.byte(2)
		w.long(int64(len(f.Body)))
		w.text(f.Name)
	} else {
		w.byte(6)
		w.text(f.Name)
		w.long(int64(len(f.Body)))
	}
	w.byte(0) // raw keyed state
	w.int(0)  // input channels
	w.int(0)  // output channels
}

// properties writes the Java object CheckpointProperties, with the one field that says what it is.
func (w *writer) properties() {
	const pkg = "org.apache.flink.runtime.checkpoint."
	w.Write([]byte{0xAC, 0xED, 0, 5, 0x73})
	w.class(pkg+"CheckpointProperties", 2, "checkpointType", "Lorg/apache/flink/runtime/checkpoint/SnapshotType;")
	w.byte(0x73)
	w.class(pkg+"SavepointType", 2, "formatType", "Lorg/apache/flink/core/execution/SavepointFormatType;", "name", "Ljava/lang/String;")
	w.byte(0x7E)
	w.class("org.apache.flink.core.execution.SavepointFormatType", 0x12)
	w.string("CANONICAL")
	w.string("Savepoint")
}

// class writes a class whose fields are references: their names and types.
func (w *writer) class(name string, flags byte, fields ...string) {
	w.byte(0x72)
	w.text(name)
	w.long(1)
	w.byte(flags)
	w.Write(binary.BigEndian.AppendUint16(nil, uint16(len(fields)/2))) //nolint:gosec // there are few
	for i := 0; i < len(fields); i += 2 {
		w.byte('L')
		w.text(fields[i])
		w.string(fields[i+1])
	}
	w.byte(0x78)
	w.byte(0x70) // extends nothing
}

func (w *writer) string(s string) {
	w.byte(0x74)
	w.text(s)
}
