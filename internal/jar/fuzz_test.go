package jar

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

// FuzzAnyFileIsAJarOrIsRefused: a check ends, reads no more than its bounds,
// and what it says of a file is short and the uploader's to mend.
func FuzzAnyFileIsAJarOrIsRefused(f *testing.F) {
	for _, seed := range odd(f) {
		f.Add(seed, "")
		f.Add(seed, "com.acme.Fraud")
	}
	f.Fuzz(func(t *testing.T, file []byte, class string) {
		source := &counted{data: file}
		facts, err := Check(source, int64(len(file)), Options{EntryClass: class})
		if most := int64(maxDirectory + maxManifest + maxClass + 128*blockSize); source.read > most {
			t.Errorf("%d bytes were read of a file of %d", source.read, len(file))
		}
		if err == nil {
			if facts.EntryClass == "" || facts.Entries < 1 || facts.ClassVersion < oldestClass {
				t.Errorf("taken with %+v", facts)
			}
			return
		}
		said, _ := json.Marshal(err.Error())
		if flink.CodeOf(err) != flink.Invalid || len(said) > flink.MaxSentence+2 {
			t.Errorf("%s, %d bytes: %.300s", flink.CodeOf(err), len(said), said)
		}
	})
}

// counted is a file that counts what is read of it.
type counted struct {
	data []byte
	read int64
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	n, err := bytes.NewReader(c.data).ReadAt(p, off)
	c.read += int64(n)
	return n, err
}

// odd are jars that are good, broken, and made to harm.
func odd(t testing.TB) [][]byte {
	t.Helper()
	whole := good(t)
	jars := [][]byte{whole, whole[:len(whole)/2], whole[len(whole)/2:], nil, []byte("PK\x03\x04"), []byte("PK\x05\x06" + strings.Repeat("\x00", 18))}
	jars = append(jars,
		build(t, manifestOf("Main-Class: com.acme.Fraud"), entry{name: "com/acme/Fraud.class", data: classOf(17)[:6]}),
		build(t, manifestOf("Main-Class: com.acme.Fraud", "Multi-Release: true"), entry{name: "META-INF/versions/21/com/acme/Fraud.class", data: classOf(21)}),
		build(t, manifestOf("Main-Class: "+strings.Repeat("a.", 2000)+"B"), class("B", 17)),
		build(t, manifestOf("Main-Class: ../../etc/passwd"), entry{name: "../../etc/passwd.class", data: classOf(17)}),
		build(t, entry{name: manifestName, data: bytes.Repeat([]byte("X: "+strings.Repeat("y", 70)+"\r\n"), 500), method: zip.Deflate}),
		build(t, entry{name: strings.Repeat("n", 65000)}, manifestOf("Main-Class: Job")),
	)
	for _, field := range []int{8, 10, 12, 16, 20} { // of the end record: entries here, entries, size, offset, comment
		lying := bytes.Clone(whole)
		end := bytes.LastIndex(lying, []byte("PK\x05\x06"))
		binary.LittleEndian.PutUint16(lying[end+field:], 0xfffe)
		jars = append(jars, lying)
	}
	return jars
}
