package redact

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// shortest is the length of a secret, in bytes, from which on it is looked for
// by its value: a shorter one would be found in words that say something else.
const shortest = 4

// Values gathers the secrets of a manifest in the types of JSON: the values
// below keys that name one, of environment variables and other {name, value}
// pairs so called, of flags in lists of arguments, and of the userinfo of URLs.
// The longest comes first.
func Values(manifest any) []string {
	var found []string
	gather(manifest, false, func(s string) {
		if len(s) >= shortest && s != Mark && !isPlain(s) {
			found = append(found, s)
		}
	})
	slices.SortFunc(found, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return slices.Compact(found)
}

// isPlain are values that stand below a key with such a name and mean nothing by themselves.
func isPlain(s string) bool {
	return slices.Contains([]string{"true", "false", "none", "null"}, strings.ToLower(s))
}

// Known gives the text without those values, nor as they look when quoted.
func Known(s string, values []string) string {
	for _, v := range values {
		s = strings.ReplaceAll(s, v, Mark)
		if quoted := strings.Trim(strconv.Quote(v), `"`); quoted != v {
			s = strings.ReplaceAll(s, quoted, Mark)
		}
	}
	return s
}

func gather(v any, secret bool, found func(string)) {
	switch v := v.(type) {
	case map[string]any:
		name, _ := v["name"].(string)
		for k, item := range v { // a mapping below such a key mostly says where the secret is (secretName, path)
			gather(item, SensitiveKey(k) || k == "value" && (secret || SensitiveKey(name)), found)
		}
	case []any:
		flag := false // the item before was a flag that names a secret and waits for its value
		for _, item := range v {
			s, isText := item.(string)
			gather(item, secret || flag && isText, found)
			flag = strings.HasPrefix(s, "-") && !strings.ContainsAny(s, "= ") && SensitiveKey(s)
		}
	case string:
		gatherText(v, secret, found)
	}
}

// gatherText finds the secrets of one value: all of it, or what Text would take out.
func gatherText(s string, secret bool, found func(string)) {
	if secret {
		found(s)
		return
	}
	rest := s
	for i, kept := range strings.Split(Text(s), Mark) {
		before, after, ok := strings.Cut(rest, kept)
		if !ok {
			return // the text had marks of its own
		}
		if kept == "" && i > 0 {
			before, after = rest, ""
		}
		if i > 0 {
			found(before)
		}
		if _, password, ok := strings.Cut(before, ":"); ok { // of a URL's userinfo
			found(password)
		}
		rest = after
	}
}
