package jar

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
)

// Class files of Java n have the major version n+44, from Java 5 (49) on
// (https://docs.oracle.com/javase/specs/jvms/se21/html/jvms-4.html, table 4.1-A).
const (
	classMagic   = 0xCAFEBABE
	versionShift = 44
	oldestClass  = 45 // JDK 1.1
)

// classVersion reads the whole class, which checks its CRC, and gives its major version.
func classVersion(archive *zip.Reader, class string) (int, error) {
	b, err := content(find(archive, classFile(class)), maxClass)
	if err != nil {
		return 0, err
	}
	if len(b) < 8 || binary.BigEndian.Uint32(b) != classMagic {
		return 0, fmt.Errorf("%s in the jar is no Java class; build the jar again", classFile(class))
	}
	version := int(binary.BigEndian.Uint16(b[6:]))
	if version < oldestClass {
		return 0, fmt.Errorf("%s in the jar has the class file version %d, which no Java has; build the jar again", classFile(class), version)
	}
	return version, nil
}

// loadable says whether the runtime can load the class.
func loadable(class string, version, maxJava int) error {
	if maxJava == 0 {
		maxJava = DefaultJava
	}
	if built := version - versionShift; built > maxJava {
		return fmt.Errorf("%s was compiled for Java %d (class file version %d) and Flink runs on Java %d here (up to version %d); compile with --release %d, or release to an image with Java %d",
			class, built, version, maxJava, maxJava+versionShift, maxJava, built)
	}
	return nil
}
