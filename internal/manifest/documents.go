package manifest

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Bounds of a document. A FlinkDeployment of a real team has some hundred nodes
// and a depth of ten; etcd refuses objects above 1.5 MiB.
const (
	maxBytes     = 1 << 20 // of the file, and of its keys and values once aliases are resolved
	maxDocuments = 8
	maxNodes     = 50_000 // after aliases are resolved
	maxDepth     = 64
)

// documents reads the YAML documents that are not empty.
func documents(r *report, doc []byte, fill filling) []*node {
	if len(doc) > maxBytes {
		r.faultAt(0, 0, "", "it has %d bytes, and at most %d are read; keep data out of the manifest", len(doc), maxBytes)
		return nil
	}
	if !utf8.Valid(doc) {
		r.faultAt(0, 0, "", "it is not UTF-8 text; save it as UTF-8")
		return nil
	}
	b := &builder{report: r, fill: fill}
	decoder := yaml.NewDecoder(bytes.NewReader(doc))
	var found []*node
	for range maxDocuments {
		var y yaml.Node
		err := decoder.Decode(&y)
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			syntax(r, err)
			return found
		}
		n := b.build(&y, "", 0)
		if b.spent { // what is known is not the document, so nothing is said about it
			return nil
		}
		if n != nil && (n.kind != scalar || n.value != nil) {
			found = append(found, n)
		}
	}
	r.faultAt(0, 0, "", "it has more than %d documents; an application.yaml has at most two, a layer one", maxDocuments-1)
	return found
}

var syntaxLine = regexp.MustCompile(`^yaml: line (\d+): (.*)$`)

// syntax reports the parser's error, which carries the line in its text.
func syntax(r *report, err error) {
	line, message := 0, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := syntaxLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
		message = m[2]
	}
	if strings.HasPrefix(message, "unknown anchor") { // it quotes what may be a password that begins with *
		message = "an alias (*name) without its anchor (&name); a text that begins with * has to be quoted"
	}
	r.faultAt(line, 0, "", "this is no YAML: %s; look at the indentation (spaces, no tabs) and the quotes here and in the line above", message)
}
