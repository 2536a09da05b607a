package verify

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
)

// Wanted are the objects of a team, its namespace first.
func Wanted(t platform.Team) []kubernetes.Object {
	return append([]kubernetes.Object{kubernetes.Namespace(t)}, kubernetes.Team(t)...)
}

// teams holds every object of each team against what the file makes of it.
func teams(p platform.Platform, seen Observed) []Finding {
	var all []Finding
	for _, t := range p.Teams {
		wanted := Wanted(t)
		faults := unlike(wanted, seen)
		if len(faults) == 0 {
			faults = []Finding{ok("team %s: namespace %s with its %d objects: %s", t.Name, t.Namespace, len(wanted)-1, kindsOf(wanted[1:]))}
		}
		all = append(all, faults...)
	}
	return all
}

// unlike are the faults of objects that are not there, or not as they are wanted. A
// field that the API server fills in is nobody's concern; one that says something
// else is.
func unlike(wanted []kubernetes.Object, seen Observed) []Finding {
	there := map[string]kubernetes.Object{}
	for _, o := range seen.Objects {
		there[Ref(o)] = o
	}
	var faults []Finding
	for _, o := range wanted {
		found, is := there[Ref(o)]
		if !is {
			faults = append(faults, fault(Ref(o), "it is not there", "make deploy"))
			continue
		}
		if path := differs("", o, found); path != "" {
			faults = append(faults, fault(Ref(o), "somebody has changed "+path, "kubectl get it, and keep what is meant in the platform's file; then delete it and make deploy"))
		}
	}
	return faults
}

// Ref names an object: its kind, its namespace and its name.
func Ref(o kubernetes.Object) string {
	meta, _ := o["metadata"].(map[string]any)
	if namespace, _ := meta["namespace"].(string); namespace != "" {
		return fmt.Sprintf("%s %s/%s", o["kind"], namespace, meta["name"])
	}
	return fmt.Sprintf("%s %s", o["kind"], meta["name"])
}

// differs is the path of the first thing that is wanted and not found so; empty:
// everything that is wanted is there.
func differs(path string, wanted, found any) string {
	switch w := wanted.(type) {
	case map[string]any:
		f, _ := found.(map[string]any)
		for _, key := range sorted(w) {
			if at := differs(path+"."+key, w[key], f[key]); at != "" {
				return at
			}
		}
		return ""
	case []any:
		f, is := found.([]any)
		if len(w) == 0 && found == nil {
			return "" // the API server leaves out what is empty
		}
		if !is || len(f) != len(w) {
			return path
		}
		for i := range w {
			if at := differs(fmt.Sprintf("%s[%d]", path, i), w[i], f[i]); at != "" {
				return at
			}
		}
		return ""
	}
	if fmt.Sprint(wanted) == fmt.Sprint(found) || wanted == nil || reflect.ValueOf(wanted).IsZero() && found == nil {
		return ""
	}
	return path
}

func sorted(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// kindsOf counts objects by kind, in the order of the file.
func kindsOf(objects []kubernetes.Object) string {
	var order []string
	count := map[string]int{}
	for _, o := range objects {
		kind := fmt.Sprint(o["kind"])
		if count[kind] == 0 {
			order = append(order, kind)
		}
		count[kind]++
	}
	text := ""
	for i, kind := range order {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%d %s", count[kind], kind)
	}
	return text
}
