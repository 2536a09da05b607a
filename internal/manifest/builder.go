package manifest

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// builder turns the parser's nodes into ours: it resolves aliases and merge
// keys within bounds, finds duplicate keys and fills in placeholders.
type builder struct {
	report *report
	fill   filling
	nodes  int
	bytes  int  // of keys and scalars
	spent  bool // a bound was passed; nothing more is read
}

func (b *builder) build(y *yaml.Node, path string, depth int) *node {
	b.nodes++
	b.bytes += len(y.Value)
	if b.spent {
		return nil
	}
	if depth > maxDepth || b.nodes > maxNodes || b.bytes > maxBytes {
		b.spent = true
		b.report.faultAt(y.Line, y.Column, "", "the document is too deep or too large once its aliases are resolved (at most %d levels, %d values and %d bytes); write it out without nested aliases", maxDepth, maxNodes, maxBytes)
		return nil
	}
	switch y.Kind {
	case yaml.DocumentNode:
		return b.build(y.Content[0], path, depth)
	case yaml.AliasNode:
		return b.build(y.Alias, path, depth+1)
	case yaml.MappingNode:
		b.plainTag(y, path, "!!map")
		return b.mapping(y, path, depth)
	case yaml.SequenceNode:
		b.plainTag(y, path, "!!seq")
		n := &node{line: y.Line, column: y.Column, kind: sequence}
		for i, item := range y.Content {
			if built := b.build(item, path+"["+strconv.Itoa(i)+"]", depth+1); built != nil {
				n.items = append(n.items, built)
			}
		}
		return n
	case yaml.ScalarNode:
		return b.scalar(y, path)
	default: // a document without content
		return nil
	}
}

// plainTag refuses a tag that would mean something else to another parser.
func (b *builder) plainTag(y *yaml.Node, path, tag string) {
	if y.ShortTag() != tag {
		b.report.faultAt(y.Line, y.Column, path, "the tag %s is not read; remove it", brief(y.Tag))
	}
}

func (b *builder) mapping(y *yaml.Node, path string, depth int) *node {
	n := &node{line: y.Line, column: y.Column, kind: mapping}
	seen := make(map[string]int, len(y.Content)/2) // name to line
	var merges []*yaml.Node
	for i := 0; i+1 < len(y.Content) && !b.spent; i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		if key.Kind == yaml.ScalarNode && key.Tag == "!!merge" {
			merges = append(merges, value)
			continue
		}
		name, ok := b.key(key, path)
		if !ok {
			continue
		}
		if first, again := seen[name]; again {
			b.report.faultAt(key.Line, key.Column, join(path, name), "the key is there twice, first in line %d; keep one", first)
			continue
		}
		seen[name] = key.Line
		if built := b.build(value, join(path, name), depth+1); built != nil {
			n.fields = append(n.fields, &field{name: name, line: key.Line, column: key.Column, value: built})
		}
	}
	for _, m := range merges {
		b.merge(n, seen, m, path, depth)
	}
	return n
}

// merge takes over the fields of "<<: *anchor" that the mapping lacks.
func (b *builder) merge(into *node, seen map[string]int, y *yaml.Node, path string, depth int) {
	from := b.build(y, path, depth+1)
	if from == nil {
		return
	}
	sources := from.items
	if from.kind == mapping {
		sources = []*node{from}
	}
	if from.kind == scalar {
		b.report.fault(from, join(path, "<<"), "a merge key takes a mapping or a list of mappings")
	}
	for _, source := range sources {
		for _, f := range source.fields {
			if _, there := seen[f.name]; !there {
				seen[f.name] = f.line
				into.fields = append(into.fields, f)
			}
		}
	}
}

func (b *builder) key(y *yaml.Node, path string) (string, bool) {
	if y.Kind == yaml.AliasNode {
		y = y.Alias
	}
	if y.Kind != yaml.ScalarNode || y.Tag == "!!null" {
		b.report.faultAt(y.Line, y.Column, path, "a key has to be a string")
		return "", false
	}
	if y.Style == 0 && oldBoolean.MatchString(y.Value) {
		b.report.faultAt(y.Line, y.Column, path, "the key %s is a boolean for kubectl and a string for others; quote it", y.Value)
	}
	if len(y.Value) > maxKey {
		b.report.faultAt(y.Line, y.Column, path, "a key of %d bytes is too long; at most %d are read", len(y.Value), maxKey)
		return "", false
	}
	if placeholder.MatchString(y.Value) {
		b.report.faultAt(y.Line, y.Column, join(path, y.Value), "placeholders are filled in in values, not in keys; write the key out")
		return "", false
	}
	return y.Value, true
}

// maxKey bounds a key; Kubernetes' own names end at 317 bytes.
const maxKey = 512

// oldBoolean are words that kubectl's parser (YAML 1.1) reads as booleans and
// newer ones as strings.
var oldBoolean = regexp.MustCompile(`^(yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$`)

// maxExact is the largest whole number that survives a double, and so JSON.
const maxExact = 1 << 53

func (b *builder) scalar(y *yaml.Node, path string) *node {
	n := &node{line: y.Line, column: y.Column, literal: y.Value, value: y.Value}
	switch y.ShortTag() {
	case "!!null":
		n.value = nil
	case "!!bool":
		var v bool
		b.decode(y, path, &v)
		n.value = v
	case "!!int":
		n.value = b.integer(y, path)
	case "!!float":
		n.value = b.float(y, path)
	case "!!str":
		if y.Style == 0 && oldBoolean.MatchString(y.Value) {
			b.report.faultAt(y.Line, y.Column, path, "%s is a boolean for kubectl and a string for others; write true or false, or quote it", y.Value)
		}
		n.literal = b.filled(y, path)
		n.value = n.literal
	case "!!timestamp": // kubectl sends dates as they are written
	default:
		b.report.faultAt(y.Line, y.Column, path, "the tag %s is not read; write the value as a string, number or boolean", brief(y.Tag))
	}
	return n
}

func (b *builder) integer(y *yaml.Node, path string) any {
	var v int64
	if !b.decode(y, path, &v) || v > maxExact || v < -maxExact {
		b.report.faultAt(y.Line, y.Column, path, "the number is too large to be passed on exactly; quote it")
	}
	return v
}

// float gives whole numbers as int64, so that 1.0 and 1 are the same revision.
func (b *builder) float(y *yaml.Node, path string) any {
	var v float64
	b.decode(y, path, &v)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		b.report.faultAt(y.Line, y.Column, path, "%s cannot be passed on as JSON; quote it or write a number", y.Value)
		return 0.0
	}
	if v == math.Trunc(v) && math.Abs(v) <= maxExact {
		return int64(v)
	}
	if !strings.ContainsAny(y.Value, ".eE") { // an integer beyond 64 bits
		b.report.faultAt(y.Line, y.Column, path, "the number is too large to be passed on exactly; quote it")
	}
	return v
}

func (b *builder) decode(y *yaml.Node, path string, into any) bool {
	if err := y.Decode(into); err != nil {
		b.report.faultAt(y.Line, y.Column, path, "%s cannot be read as %s", brief(y.Value), y.Tag)
		return false
	}
	return true
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
