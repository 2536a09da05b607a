package manifest

import (
	"slices"

	"github.com/sluice-flink/sluice/internal/flink"
)

// What the second document has to be.
const (
	policyAPI  = "sluice/v1alpha1"
	policyKind = "ReleasePolicy"
)

// policyTopLevel are the fields of a document of ours.
var policyTopLevel = []string{"apiVersion", "kind", "spec"}

// readPolicy reads an application's own policy; what is wrong is reported.
func readPolicy(r *report, doc *node) stratum {
	s := stratum{source: FromApplication, file: flink.ManifestFile}
	if spec := envelope(r, doc, policyKind); spec != nil {
		s.given = readFields(r, spec, table{kind: policyKind, at: "spec", own: true, fields: policyFields})
	}
	return s
}

// envelope checks a document of ours and gives its spec, or nil.
func envelope(r *report, doc *node, kind string) *node {
	switch api := doc.get("apiVersion"); {
	case api.text() == "":
		r.fault(orParent(api, doc), "apiVersion", "it is missing; write apiVersion: %s", policyAPI)
	case api.text() != policyAPI:
		r.fault(api, "apiVersion", "%s is not supported by this version; write apiVersion: %s", brief(api.text()), policyAPI)
	}
	for _, f := range doc.fields {
		if !slices.Contains(policyTopLevel, f.name) {
			r.faultAt(f.line, f.column, f.name, "a %s has no such field%s", kind, suggestion(f.name, policyTopLevel))
		}
	}
	return doc.get("spec")
}

// table is a mapping that is read, and where it stands.
type table struct {
	kind   string // of the document
	at     string // path in the document
	prefix string // path of the settings
	own    bool   // it is an application's own policy
	fields []policyField
}

func (t table) below(f policyField) table {
	return table{t.kind, join(t.at, f.name), join(t.prefix, f.name), t.own, f.fields}
}

// readFields reads a mapping of a policy by its table.
func readFields(r *report, n *node, t table) []given {
	if n.kind != mapping {
		r.fault(n, t.at, "it has to be a mapping, and it is %s; remove it for the defaults", n.what())
		return nil
	}
	var all []given
	for _, f := range n.fields {
		at := join(t.at, f.name)
		known := lookUp(t.fields, f.name)
		switch {
		case known == nil:
			r.faultAt(f.line, f.column, at, "a %s has no such field%s", t.kind, suggestion(f.name, namesOf(t.fields)))
		case known.own && !t.own:
			r.faultAt(f.line, f.column, at, "only an application's own policy can say it; remove it")
		case known.fields != nil:
			all = append(all, readFields(r, f.value, t.below(*known))...)
			if known.own && f.value.kind == mapping && len(f.value.fields) == 0 {
				r.fault(f.value, at, "it pins nothing; give key, sha256 or both, or remove it")
			}
		default:
			if set := known.leaf.read(r, f.value, at); set != nil {
				all = append(all, given{join(t.prefix, f.name), f.value.line, f.value.column, set})
			}
		}
	}
	return all
}

func lookUp(table []policyField, name string) *policyField {
	for i := range table {
		if table[i].name == name {
			return &table[i]
		}
	}
	return nil
}

func namesOf(table []policyField) []string {
	names := make([]string, len(table))
	for i, f := range table {
		names[i] = f.name
	}
	return names
}
