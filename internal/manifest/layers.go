package manifest

import (
	"fmt"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Names of placeholders that every application has.
const (
	namespacePlaceholder   = "NAMESPACE"
	applicationPlaceholder = "APPLICATION"
	rolePlaceholder        = "JOB_EXECUTION_ROLE_ARN"
)

// valuesFor are the placeholders of an application. A value may name the
// application's namespace: each team has a role of its own.
func valuesFor(app flink.Application, given map[string]string) map[string]string {
	values := make(map[string]string, len(given)+2)
	for name, value := range given {
		values[name] = strings.ReplaceAll(value, "${"+namespacePlaceholder+"}", app.Namespace)
	}
	values[namespacePlaceholder], values[applicationPlaceholder] = app.Namespace, app.Name
	return values
}

// foundation is what the layers say about an application, before it says anything itself.
func foundation(app flink.Application, given map[string]string, layers []*Layer) (resolution, error) {
	values := valuesFor(app, given)
	defaults := defaultSettings()
	defaults.allow.ExecutionRoles = []string{anything}
	if role := values[rolePlaceholder]; role != "" {
		defaults.allow.ExecutionRoles = []string{role}
	}
	all := nothingSaid(defaults)
	last := FromDefault
	for _, l := range layers {
		if l == nil { // there is none
			continue
		}
		if last == FromNamespace || last == l.Source() {
			return all, flink.Errorf(flink.Invalid, "lay the policies one on another", "%s is the policy of a %s and comes after one of a %s: give the platform's first, then the namespace's", l.name, l.Source(), last)
		}
		last = l.Source()
		r := &report{file: l.name, fill: given}
		docs := documents(r, l.doc, filling{values: values})
		if n := l.only(r, docs); n != nil {
			all = all.with(l.stratum(r, n))
			all.told(r, l.Source())
		}
		if err := r.err(); err != nil {
			return all, &flink.Error{Code: flink.Invalid, Err: l.mend(err)}
		}
	}
	return all, nil
}

// told reports what the stratum on top, which is that source's, may not say.
// Where a field could not be read, its default would contradict what could.
func (r resolution) told(to *report, top Source) {
	readable := len(to.faults) == 0
	r.lockedOut(to)
	if readable {
		r.consistent(to, top)
	}
}

// lockedOut tells what a stratum set though it is locked.
func (r resolution) lockedOut(to *report) {
	for _, c := range r.conflicts {
		to.faultAt(c.line, c.column, documentPath(c.path, to.file), "the %s has locked it (%s, line %d), and its value is %s; remove it here", c.by.source, c.by.file, c.by.line, Written(c.value))
	}
}

// documentPath is where a setting stands in an application's policy, or in a layer.
func documentPath(path, file string) string {
	switch lock := (lock{path: allowPath}); {
	case file == "":
		return "spec." + path
	case lock.covers(path):
		return "spec." + path
	}
	return "spec.defaults." + path
}

// Written is a setting's value as a document writes it.
func Written(v any) string {
	switch v := v.(type) {
	case []string:
		return bracketed(v)
	case []flink.RemediationStep:
		return bracketed(v)
	case []queryAsWritten:
		return bracketed(v)
	case []windowAsWritten:
		return bracketed(v)
	}
	return fmt.Sprint(v)
}

func bracketed[T any](items []T) string {
	s := "["
	for i, item := range items {
		if i > 0 {
			s += ", "
		}
		s += fmt.Sprint(item)
	}
	return s + "]"
}
