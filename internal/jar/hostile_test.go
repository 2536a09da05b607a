package jar

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"runtime"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

// allocated is how many bytes do allocates in all: more than it ever holds.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestAHostileJarIsRefusedWithinBounds(t *testing.T) {
	const mebi = 1 << 20
	for name, c := range map[string]struct {
		jar  func(testing.TB) []byte
		most uint64 // bytes allocated in all
		want string
	}{
		"a manifest that unpacks to a thousand times its size":     {func(t testing.TB) []byte { return bomb(t, manifestName, 64<<20, 64<<20) }, 16 * mebi, "MANIFEST.MF in the jar has more than 1 MiB"},
		"an entry class that unpacks to a thousand times its size": {func(t testing.TB) []byte { return bomb(t, "com/acme/Fraud.class", 64<<20, 64<<20) }, 128 * mebi, "Fraud.class in the jar has more than 16 MiB"},
		"a manifest that lies about its size":                      {func(t testing.TB) []byte { return bomb(t, manifestName, 64<<20, 10) }, 16 * mebi, "MANIFEST.MF in the jar"},
		"a class that lies about its size":                         {func(t testing.TB) []byte { return bomb(t, "com/acme/Fraud.class", 64<<20, 200) }, 128 * mebi, "Fraud.class in the jar"},
		"a million entries":                                        {million, 512 * mebi, "table of contents is larger than 32 MiB"},
		"a manifest of one attribute without end":                  {func(t testing.TB) []byte { return attributes(t, "Main-Class: a", 1<<19) }, 64 * mebi, "which is no class name"},
		"a manifest of a hundred thousand sections":                {func(t testing.TB) []byte { return attributes(t, "", 1<<19) }, 128 * mebi, "names no Main-Class"},
	} {
		t.Run(name, func(t *testing.T) {
			file := c.jar(t)
			var err error
			used := allocated(func() { _, err = Check(bytes.NewReader(file), int64(len(file)), Options{}) })
			if err == nil || flink.CodeOf(err) != flink.Invalid || !strings.Contains(err.Error(), c.want) {
				t.Errorf("it is said: %.300v; want %q", err, c.want)
			}
			if used > c.most {
				t.Errorf("%d MiB were allocated, at most %d are allowed", used/mebi, c.most/mebi)
			}
		})
	}
}

// A jar as the JVM reads it: of two entries of a name it takes the first that
// its table of contents names, and an entry for a newer Java only beside a base.
func TestAMultiReleaseJarIsCheckedByItsBase(t *testing.T) {
	newer := entry{name: "META-INF/versions/21/com/acme/Fraud.class", data: classOf(21), method: zip.Deflate}
	whole := build(t, manifestOf("Main-Class: com.acme.Fraud", "Multi-Release: true"), class("com.acme.Fraud", 11), newer)
	facts, err := Check(bytes.NewReader(whole), int64(len(whole)), Options{MaxJava: 17})
	if err != nil || facts.ClassVersion != 11+versionShift {
		t.Errorf("got %+v, %v", facts, err)
	}
	alone := build(t, manifestOf("Main-Class: com.acme.Fraud", "Multi-Release: true"), newer)
	if _, err := Check(bytes.NewReader(alone), int64(len(alone)), Options{MaxJava: 17}); err == nil {
		t.Error("a class that is there for Java 21 alone was taken for Java 17")
	}
}

// bomb is a jar whose entry of that name unpacks to so many zeros and says it
// has claimed bytes. The rest of it is in order.
func bomb(t testing.TB, name string, size, claimed int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range []entry{manifestOf("Main-Class: com.acme.Fraud"), class("com.acme.Fraud", 17)} {
		if e.name == name {
			continue
		}
		f, err := w.Create(e.name)
		must(t, err)
		_, err = f.Write(e.data)
		must(t, err)
	}
	packed, sum := zeros(t, size)
	f, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CRC32: sum, CompressedSize64: uint64(len(packed)), UncompressedSize64: uint64(claimed)})
	must(t, err)
	_, err = f.Write(packed)
	must(t, err)
	must(t, w.Close())
	return b.Bytes()
}

// zeros are so many zero bytes, packed, and their checksum.
func zeros(t testing.TB, size int) ([]byte, uint32) {
	t.Helper()
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	must(t, err)
	sum, block := crc32.NewIEEE(), make([]byte, 1<<20)
	for range size >> 20 {
		_, _ = sum.Write(block)
		_, err = w.Write(block)
		must(t, err)
	}
	must(t, w.Close())
	return packed.Bytes(), sum.Sum32()
}

// million is a jar whose table of contents has a million entries, all of them at
// the beginning of the file. Its end says so in the 16 bits that it has.
func million(testing.TB) []byte {
	const entries, size = 1_000_000, 47
	record := append([]byte("PK\x01\x02"), make([]byte, size-4)...)
	binary.LittleEndian.PutUint16(record[28:], 1) // length of its name
	record[46] = 'x'
	end := append([]byte("PK\x05\x06"), make([]byte, 18)...)
	binary.LittleEndian.PutUint16(end[8:], entries%(1<<16))
	binary.LittleEndian.PutUint16(end[10:], entries%(1<<16))
	binary.LittleEndian.PutUint32(end[12:], entries*size)
	return append(bytes.Repeat(record, entries), end...)
}

// attributes is a jar whose manifest has a line and then so many that continue
// it, or, when there is none, so many short sections.
func attributes(t testing.TB, line string, count int) []byte {
	t.Helper()
	text := line + strings.Repeat("\n b", count/2)
	if line == "" {
		text = strings.Repeat("a:b\n", count/8) + strings.Repeat("\nN:", count/8)
	}
	return build(t, entry{name: manifestName, data: []byte(text), method: zip.Deflate}, class("com.acme.Fraud", 17))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
