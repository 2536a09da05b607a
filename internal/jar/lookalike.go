package jar

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// lookalikes are the files that get uploaded as a jar by mistake, by how they begin.
var lookalikes = []struct{ begins, what string }{
	{"version https://git-lfs", "it is a Git LFS pointer; run git lfs pull, then upload the jar itself"},
	{"\x1f\x8b", "it is a gzip archive; upload the jar itself"},
	{"7z\xbc\xaf\x27\x1c", "it is a 7-Zip archive; upload the jar itself"},
	{"Rar!", "it is a RAR archive; upload the jar itself"},
	{"\xca\xfe\xba\xbe", "it is a single .class file; pack it into a jar"},
	{"\x7fELF", "it is a program for Linux; upload a jar"},
	{"<!doctype html", "it is an HTML page, perhaps of a login or an error; download the jar again and look at it before uploading"},
	{"<html", "it is an HTML page, perhaps of a login or an error; download the jar again and look at it before uploading"},
	{"<?xml", "it is an XML document, perhaps an error message of S3 or a pom.xml; upload the jar itself"},
	{"#!/", "it is a script; upload the jar itself"},
}

// headBytes is how much of a file is looked at.
const headBytes = 512

// notAJar says what a file without a readable central directory looks like.
func notAJar(source *blocks, cause error) error {
	head := make([]byte, min(headBytes, source.size))
	if _, err := source.ReadAt(head, 0); err != nil {
		return fmt.Errorf("it is no zip archive: %w", err)
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return fmt.Errorf("it begins as a jar and its table of contents is missing or damaged (%s); the upload or the build was cut off: upload it again",
			strings.TrimPrefix(cause.Error(), "zip: "))
	}
	text := strings.ToLower(string(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))))
	for _, l := range lookalikes {
		if strings.HasPrefix(string(head), l.begins) || strings.HasPrefix(text, l.begins) {
			return fmt.Errorf("it is no jar: %s", l.what)
		}
	}
	if isText(head) {
		return fmt.Errorf("it is no jar: it is a text file of %d bytes; upload the jar itself", source.size) // not what it says: it may be of the wrong directory
	}
	return fmt.Errorf("it is no jar: no zip archive was found in its %d bytes; build and upload it again", source.size)
}

// isText: valid UTF-8 (its last rune may be cut) without control characters.
func isText(head []byte) bool {
	for len(head) > 0 {
		r, width := utf8.DecodeRune(head)
		if r == utf8.RuneError && width == 1 {
			return len(head) < utf8.UTFMax
		}
		if r < ' ' && !strings.ContainsRune("\t\r\n\f", r) {
			return false
		}
		head = head[width:]
	}
	return true
}
