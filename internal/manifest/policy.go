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

// policyTopLevel are the fields of a ReleasePolicy document.
var policyTopLevel = []string{"apiVersion", "kind", "spec"}

// readPolicy gives the policy with its defaults; what is wrong is reported.
func readPolicy(r *report, doc *node) flink.Policy {
	p := flink.DefaultPolicy()
	switch api := doc.get("apiVersion"); {
	case api.text() == "":
		r.fault(orParent(api, doc), "apiVersion", "it is missing; write apiVersion: %s", policyAPI)
	case api.text() != policyAPI:
		r.fault(api, "apiVersion", "%s is not supported by this version; write apiVersion: %s", brief(api.text()), policyAPI)
	}
	for _, f := range doc.fields {
		if !slices.Contains(policyTopLevel, f.name) {
			r.faultAt(f.line, f.column, f.name, "a ReleasePolicy has no such field%s", suggestion(f.name, policyTopLevel))
		}
	}
	if spec := doc.get("spec"); spec != nil {
		readFields(r, spec, "spec", policyFields, &p)
	}
	return p
}

// readFields reads a mapping of the policy by its table.
func readFields(r *report, n *node, path string, table []policyField, p *flink.Policy) {
	if n.kind != mapping {
		r.fault(n, path, "it has to be a mapping, and it is %s; remove it for the defaults", n.what())
		return
	}
	for _, f := range n.fields {
		at := join(path, f.name)
		switch known := lookUp(table, f.name); {
		case known == nil:
			r.faultAt(f.line, f.column, at, "a ReleasePolicy has no such field%s", suggestion(f.name, namesOf(table)))
		case known.later:
			r.faultAt(f.line, f.column, at, "%s is not supported by this version; remove it", f.name)
		case known.fields != nil:
			readFields(r, f.value, at, known.fields, p)
			if known.name == "artifact" && f.value.kind == mapping && len(f.value.fields) == 0 {
				r.fault(f.value, at, "it pins nothing; give key, sha256 or both, or remove it")
			}
		default:
			known.read(r, f.value, at, p)
		}
	}
}

func lookUp(table []policyField, name string) *policyField {
	for i := range table {
		if table[i].name == name {
			return &table[i]
		}
	}
	return nil
}

// namesOf are the names that this version acts on.
func namesOf(table []policyField) []string {
	var names []string
	for _, f := range table {
		if !f.later {
			names = append(names, f.name)
		}
	}
	return names
}
