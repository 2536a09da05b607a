package released

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Finding is a resource of the last release that deploying a template would
// replace, remove, or no longer keep.
type Finding struct {
	ID   string // logical
	What string
}

// Compare lists what deploying a template does to what the last release left.
func Compare(left Stack, template Template) []Finding {
	var found []Finding
	for _, id := range slices.Sorted(maps.Keys(left)) {
		for _, what := range compare(left[id], template.Resources[id]) {
			found = append(found, Finding{ID: id, What: what})
		}
	}
	return found
}

// compare holds one resource against the one that has its logical id now, which
// is of no type when there is none.
func compare(before Left, now Resource) []string {
	switch {
	case now.Type == "":
		return []string{"is gone, or has another logical id: " + lost(before)}
	case now.Type != before.Type:
		return []string{fmt.Sprintf("is a %s now: %s", now.Type, lost(before))}
	}
	var found []string
	for _, path := range slices.Sorted(maps.Keys(before.Fixed)) {
		if is := valueAt(now.Properties, path); !reflect.DeepEqual(before.Fixed[path], is) {
			found = append(found, fmt.Sprintf("has %s %s instead of %s, which cannot be changed in place: %s", path, asJSON(is), asJSON(before.Fixed[path]), lost(before)))
		}
	}
	if before.Deletion == "Retain" && now.DeletionPolicy != "Retain" {
		found = append(found, "was to be kept when it leaves the stack, and is not any more")
	}
	return found
}

// lost says what a replacement means.
func lost(before Left) string {
	why := standing[before.Type]
	switch {
	case before.Deletion == "Retain":
		return "the old one stays with what it holds, in no stack, and the new one is empty"
	case why == "":
		return "what it holds, or its name, is lost"
	}
	return why
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
