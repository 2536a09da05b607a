// Package jar checks a jar before anything running is touched: that it is a
// whole zip archive, that the class to start is in it and readable, and that
// the runtime can load that class.
//
// It knows the zip and class file formats and the manifest of a jar. It knows
// no S3 (it reads through io.ReaderAt, a block at a time, and never holds the
// jar in memory) and runs nothing of the jar. It reads the central directory,
// META-INF/MANIFEST.MF and the entry class; other entries are not unpacked, so
// damage inside of them shows only in Flink. Start with check.go.
package jar
