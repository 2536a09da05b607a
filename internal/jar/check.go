package jar

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// DefaultJava is the Java version of the Flink images that are released to
// unless Options says otherwise (Flink 1.18 to 2.x and EMR 7 run on Java 17).
const DefaultJava = 17

// Options says what the jar has to do.
type Options struct {
	EntryClass string // the manifest's spec.job.entryClass; empty: the jar's own
	MaxJava    int    // newest Java release the runtime can load, as in 17; 0 means DefaultJava
}

// Facts is what was found out about a jar that is in order.
type Facts struct {
	EntryClass   string // binary name, as in com.acme.Fraud
	ClassVersion int    // class file major version of the entry class; 61 is Java 17
	Entries      int    // in the central directory
}

// Bounds of a jar. A Flink job with all its connectors has some 50,000 entries.
const (
	maxEntries   = 200_000
	maxDirectory = 32 << 20 // bytes read to find and read the central directory
	maxManifest  = 1 << 20  // bytes of MANIFEST.MF, unpacked
	maxClass     = 16 << 20 // bytes of the entry class, unpacked
)

const op = "check the jar"

// Check reads a jar of size bytes. What is wrong with the jar is a *flink.Error
// with code Invalid, and its message says what to do; what r itself could not
// read keeps its own code, or is Unavailable.
func Check(r io.ReaderAt, size int64, o Options) (Facts, error) {
	source := &blocks{r: r, size: size, budget: maxDirectory}
	facts, err := inspect(source, size, o)
	if source.err != nil {
		return Facts{}, unreadable(source.err)
	}
	if err != nil {
		return Facts{}, &flink.Error{Code: flink.Invalid, Op: op, Err: err}
	}
	return facts, nil
}

func inspect(source *blocks, size int64, o Options) (Facts, error) {
	archive, err := open(source, size)
	if err != nil {
		return Facts{}, err
	}
	class, err := entryClass(archive, o.EntryClass)
	if err != nil {
		return Facts{}, err
	}
	version, err := classVersion(archive, class)
	if err != nil {
		return Facts{}, err
	}
	if err := loadable(class, version, o.MaxJava); err != nil {
		return Facts{}, err
	}
	return Facts{EntryClass: class, ClassVersion: version, Entries: len(archive.File)}, nil
}

// open reads the central directory.
func open(source *blocks, size int64) (*zip.Reader, error) {
	if size <= 0 {
		return nil, fmt.Errorf("the file is empty; upload the jar again")
	}
	archive, err := zip.NewReader(source, size)
	switch {
	case source.spent:
		return nil, fmt.Errorf("the jar's table of contents is larger than %d MiB; leave out what the job does not need", maxDirectory>>20)
	case err != nil:
		return nil, notAJar(source, err)
	case len(archive.File) > maxEntries:
		return nil, fmt.Errorf("the jar has %d entries, and at most %d are taken; leave out what the job does not need", len(archive.File), maxEntries)
	}
	source.budget = maxManifest + maxClass + 64*blockSize // data of two entries, their headers and read-ahead
	return archive, nil
}

// content unpacks one entry within a bound and checks its CRC.
func content(f *zip.File, most int64) ([]byte, error) {
	if f.Flags&1 != 0 {
		return nil, fmt.Errorf("%s in the jar is encrypted; build the jar without a password", f.Name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged(f.Name, err)
	}
	defer func() { _ = r.Close() }() // a reader of bytes in memory has nothing to lose
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	switch {
	case err != nil:
		return nil, damaged(f.Name, err)
	case int64(len(b)) > most:
		return nil, fmt.Errorf("%s in the jar has more than %d MiB; that is no such file", f.Name, most>>20)
	}
	return b, nil
}

func damaged(name string, err error) error {
	if errors.Is(err, zip.ErrAlgorithm) {
		return fmt.Errorf("%s in the jar is packed in a way that Java cannot read; build the jar with the jar tool, Maven or Gradle", name)
	}
	return fmt.Errorf("%s in the jar cannot be read (%s); the jar is damaged: build and upload it again", name, strings.TrimPrefix(err.Error(), "zip: "))
}
