package released

import "strings"

// valueAt is what stands at a path, nil when nothing does. Where an intrinsic
// function stands on the way, nobody knows what it comes to: it is the value.
func valueAt(v any, path string) any {
	if path == "" || intrinsic(v) {
		return v
	}
	key, rest, _ := strings.Cut(path, "/")
	switch v := v.(type) {
	case map[string]any:
		if key == "*" {
			all := map[string]any{}
			for name, item := range v {
				all[name] = valueAt(item, rest)
			}
			return all
		}
		return valueAt(v[key], rest)
	case []any:
		var all []any
		for _, item := range v {
			all = append(all, valueAt(item, rest))
		}
		return all
	}
	return nil
}

func intrinsic(v any) bool {
	object, ok := v.(map[string]any)
	if !ok || len(object) != 1 {
		return false
	}
	for key := range object {
		return key == "Ref" || strings.HasPrefix(key, "Fn::")
	}
	return false
}
