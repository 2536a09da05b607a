// Package jartest makes small jars for tests: as much of one as is looked at
// before a release, and different for each name.
package jartest

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
)

// EntryClass is the class that a jar of Make names, and has.
const EntryClass = "com.acme.Job"

// Make makes a jar with an entry class. attributes are further lines of its manifest.
func Make(name string, attributes ...string) []byte {
	return pack(manifest(name, append([]string{"Main-Class: " + EntryClass}, attributes...)),
		entry{"com/acme/Job.class", "\xca\xfe\xba\xbe\x00\x00\x00\x37\x00\x01" + strings.Repeat("\x00", 16)}) // Java 11
}

// WithoutEntryClass makes a jar that names none.
func WithoutEntryClass(name string) []byte { return pack(manifest(name, nil)) }

// SHA256 is what a jar is known by, in hex.
func SHA256(jar []byte) string {
	sum := sha256.Sum256(jar)
	return hex.EncodeToString(sum[:])
}

type entry struct{ name, body string }

func manifest(name string, attributes []string) entry {
	lines := append([]string{"Manifest-Version: 1.0", "Comment: " + name}, attributes...)
	return entry{"META-INF/MANIFEST.MF", strings.Join(lines, "\r\n") + "\r\n\r\n"}
}

// packed are jars that were made before, by their manifests: to make one costs
// more than a whole release of it on a model.
var packed sync.Map

// pack makes a jar, or a copy of one that was made before.
func pack(entries ...entry) []byte {
	made, known := packed.Load(entries[0].body)
	if !known {
		made, _ = packed.LoadOrStore(entries[0].body, zipped(entries))
	}
	return bytes.Clone(made.([]byte))
}

func zipped(entries []entry) []byte {
	var buffer bytes.Buffer // which takes every write
	z := zip.NewWriter(&buffer)
	for _, e := range entries {
		f, _ := z.Create(e.name)
		_, _ = f.Write([]byte(e.body))
	}
	_ = z.Close()
	return buffer.Bytes()
}
