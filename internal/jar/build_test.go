package jar

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// entry is one file of a jar that a test builds.
type entry struct {
	name   string
	data   []byte
	method uint16
	flags  uint16
}

// classOf is the head of a class file of a Java release: all that is read.
func classOf(java int) []byte {
	b := binary.BigEndian.AppendUint32(nil, classMagic)
	b = binary.BigEndian.AppendUint16(b, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(java+versionShift))
	return append(b, bytes.Repeat([]byte("constant pool "), 20)...)
}

func manifestOf(lines ...string) entry {
	return entry{name: manifestName, data: []byte("Manifest-Version: 1.0\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n"), method: zip.Deflate}
}

func class(name string, java int) entry {
	return entry{name: classFile(name), data: classOf(java), method: zip.Deflate}
}

// build makes a jar.
func build(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		f, err := w.CreateHeader(&zip.FileHeader{Name: e.name, Method: e.method, Flags: e.flags})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// good is a jar like Maven's shade plugin makes.
func good(t testing.TB) []byte {
	t.Helper()
	return build(t, manifestOf("Main-Class: com.acme.Fraud"), class("com.acme.Fraud", 17), class("com.acme.Fraud$1", 21),
		entry{name: "META-INF/services/", method: zip.Store}, entry{name: "log4j2.properties", data: []byte("a=b"), method: zip.Store})
}
