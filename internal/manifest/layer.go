package manifest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// The kinds of layer.
const (
	platformKind  = "PlatformPolicy"
	namespaceKind = "NamespacePolicy"
)

// layerPrefix begins with what no Kubernetes namespace may begin with, so no
// application's prefix is below it, and a bucket policy can keep teams out.
const layerPrefix = "_platform/"

// PlatformKey is the key of the platform's policy in the artifact bucket.
func PlatformKey() string { return layerPrefix + "policy.yaml" }

// NamespaceKey is the key of a namespace's policy in the artifact bucket.
func NamespaceKey(namespace string) string { return layerPrefix + "namespaces/" + namespace + ".yaml" }

// IsLayerKey tells whether a key is of a layer, or of what stands beside them:
// no application's object.
func IsLayerKey(key string) bool { return strings.HasPrefix(key, layerPrefix) }

// Layer is a policy that lies under those of the applications: the platform's
// or a namespace's. It was found to be in order by itself.
type Layer struct {
	name string // key or file, as errors name it
	kind string
	doc  []byte // read again for every application: its placeholders are the application's
}

// ParseLayer reads a PlatformPolicy or a NamespacePolicy. name is its key, or
// the file it was read from. The error is a *flink.Error with code Invalid
// around *Faults, and names the layer and who has to mend it.
func ParseLayer(doc []byte, name string) (*Layer, error) {
	r := &report{file: name}
	read := documents(r, doc, filling{keep: true})
	l := &Layer{name: name, doc: slices.Clone(doc)}
	if n := l.only(r, read); n != nil {
		nothingSaid(defaultSettings()).with(l.stratum(r, n)).told(r, l.Source())
	}
	if err := r.err(); err != nil {
		return nil, &flink.Error{Code: flink.Invalid, Err: l.mend(err)}
	}
	return l, nil
}

// only is the one document there has to be, and notes its kind.
func (l *Layer) only(r *report, docs []*node) *node {
	switch {
	case len(docs) == 0 && len(r.faults) == 0:
		r.faultAt(0, 0, "", "there is nothing in it; write a %s or a %s, or remove the file", platformKind, namespaceKind)
		return nil
	case len(docs) == 0:
		return nil
	case len(docs) > 1:
		r.fault(docs[1], "", "it has %d documents; a layer is one", len(docs))
	}
	doc := docs[0]
	if doc.kind != mapping {
		r.fault(doc, "", "it is no mapping; it has to be a %s or a %s", platformKind, namespaceKind)
		return nil
	}
	wanted := []string{platformKind, namespaceKind}
	switch key := l.key(); {
	case key == PlatformKey():
		wanted = wanted[:1]
	case key != "":
		wanted = wanted[1:]
	}
	if l.kind = doc.get("kind").text(); !slices.Contains(wanted, l.kind) {
		r.fault(orParent(doc.get("kind"), doc), "kind", "%s is not what belongs here; write kind: %s", brief(l.kind), strings.Join(wanted, " or "))
		return nil
	}
	return doc
}

// Source is the place among the layers.
func (l *Layer) Source() Source {
	if l.kind == platformKind {
		return FromPlatform
	}
	return FromNamespace
}

// key is the layer's key in a bucket, whether its name is that or the whole
// address; empty for a file from elsewhere.
func (l *Layer) key() string {
	i := strings.LastIndex(l.name, layerPrefix)
	if i < 0 || i > 0 && l.name[i-1] != '/' {
		return ""
	}
	return l.name[i:]
}

// layerFields are the fields of a layer's spec.
var layerFields = []string{"defaults", "locked", "allow"}

// stratum reads the layer's document.
func (l *Layer) stratum(r *report, doc *node) stratum {
	s := stratum{source: l.Source(), file: l.name}
	spec := envelope(r, doc, l.kind)
	if spec == nil {
		r.fault(doc, "spec", "it is missing; write defaults, locked or allow below it")
		return s
	}
	if spec.kind != mapping {
		r.fault(spec, "spec", "it has to be a mapping, and it is %s", spec.what())
		return s
	}
	for _, f := range spec.fields {
		at := "spec." + f.name
		switch f.name {
		case "defaults":
			s.given = append(s.given, readFields(r, f.value, table{kind: l.kind, at: at, fields: policyFields})...)
		case "allow":
			s.given = append(s.given, readFields(r, f.value, table{kind: l.kind, at: at, prefix: allowPath, fields: allowFields})...)
		case "locked":
			s.locks = readLocks(r, f.value, at)
		default:
			r.faultAt(f.line, f.column, at, "a %s has no such field%s", l.kind, suggestion(f.name, layerFields))
		}
	}
	return s
}

// readLocks reads the list of fields that nobody below may change.
func readLocks(r *report, n *node, path string) []lock {
	names, _ := listOf(maxAllowed, single(line))(r, n, path)
	known := lockable()
	var locks []lock
	for i, name := range names {
		at := n.items[i]
		if name == "" { // told already
			continue
		}
		if !slices.Contains(known, name) {
			r.fault(at, fmt.Sprintf("%s[%d]", path, i), "%s is no field that can be locked%s", brief(name), suggestion(name, known))
			continue
		}
		locks = append(locks, lock{name, at.line, at.column})
	}
	return locks
}

// lockable are the paths of fields, and of mappings of fields, that a layer can lock.
func lockable() []string {
	seen := map[string]bool{}
	var paths []string
	for _, f := range leaves() {
		parts := strings.Split(f.path, ".")
		for i := range parts {
			if p := strings.Join(parts[:i+1], "."); !f.own && !seen[p] {
				seen[p] = true
				paths = append(paths, p)
			}
		}
	}
	return paths
}

// mend names who has to do something about a layer's faults.
func (l *Layer) mend(err error) error {
	whose, stops := "what lies under the policies of all applications of the namespace", "nothing in the namespace"
	if l.kind == platformKind || l.key() == PlatformKey() {
		whose, stops = "what lies under the policies of all applications", "nothing"
	}
	return fmt.Errorf("%s is %s, and it is not in order: whoever runs the platform has to mend it, and until then %s is released: %w", l.name, whose, stops, err)
}
