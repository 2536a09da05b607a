package manifest

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/sluice-flink/sluice/internal/flink"
)

// durationLeaf is a length of time between two bounds.
func durationLeaf(least, most time.Duration, at func(*settings) *time.Duration) leaf {
	return leafOf[time.Duration]{at: at, parse: single(durationWithin(least, most)), write: func(d time.Duration) any { return flink.Short(d) },
		shape: map[string]any{"type": "string", "pattern": durationPattern}}
}

func durationWithin(least, most time.Duration) func(*node) (time.Duration, error) {
	return func(n *node) (time.Duration, error) {
		d, err := parseDuration(n.text())
		switch {
		case strings.HasPrefix(n.literal, "-"):
			return 0, fmt.Errorf("%s is negative; write a duration such as 10m", brief(n.literal))
		case err != nil:
			return 0, fmt.Errorf("%s is no duration; write whole numbers with d, h, m or s, as in 10m or 1h30m", brief(n.literal))
		case d < least:
			return 0, fmt.Errorf("%s is too short; write at least %s", brief(n.literal), flink.Short(least))
		case d > most:
			return 0, fmt.Errorf("%s is too long; write at most %s", brief(n.literal), flink.Short(most))
		}
		return d, nil
	}
}

// offOrAtLeast lets 0 stand for off.
func offOrAtLeast(least, most time.Duration, at func(*settings) *time.Duration) leaf {
	bounded := durationWithin(least, most)
	l := durationLeaf(least, most, at).(leafOf[time.Duration])
	l.parse = single(func(n *node) (time.Duration, error) {
		if d, err := parseDuration(n.text()); err == nil && d == 0 {
			return 0, nil
		}
		return bounded(n)
	})
	return l
}

// countLeaf is a whole number.
func countLeaf(least int64, at func(*settings) *int64) leaf {
	return leafOf[int64]{at: at, write: func(v int64) any { return v }, shape: map[string]any{"type": "integer", "minimum": least},
		parse: single(func(n *node) (int64, error) {
			v, ok := n.value.(int64)
			switch {
			case !ok:
				return 0, fmt.Errorf("it has to be a whole number, and it is %s", brief(n.literal))
			case v < 0:
				return 0, fmt.Errorf("%d is negative; write %d or more", v, least)
			case v < least:
				return 0, fmt.Errorf("%d is too few; write %d or more", v, least)
			}
			return v, nil
		})}
}

// flagLeaf is true or false.
func flagLeaf(at func(*settings) *bool) leaf {
	return leafOf[bool]{at: at, write: func(v bool) any { return v }, shape: map[string]any{"type": "boolean"},
		parse: single(func(n *node) (bool, error) {
			v, ok := n.value.(bool)
			if !ok {
				return false, fmt.Errorf("it has to be true or false, and it is %s", n.what())
			}
			return v, nil
		})}
}

// percentLeaf is a part of something that was, of at least all of it.
func percentLeaf(at func(*settings) *int64) leaf {
	const least, most = 100, 10_000
	return leafOf[int64]{at: at, write: func(v int64) any { return strconv.FormatInt(v, 10) + "%" }, shape: map[string]any{"type": "string", "pattern": percentPattern},
		parse: single(func(n *node) (int64, error) {
			m := percentForm.FindStringSubmatch(n.text())
			if m == nil {
				return 0, fmt.Errorf("%s is no percentage; write a whole number with a %%, as in 110%%", brief(n.literal))
			}
			v, _ := strconv.ParseInt(m[1], 10, 64) // at most six digits
			if v < least {
				return 0, fmt.Errorf("%d%% asks for less than there was before, which a job in good order need not reach; write 100%% or more", v)
			}
			if v > most {
				return 0, fmt.Errorf("%d%% is no bound; write at most %d%%", v, most)
			}
			return v, nil
		})}
}

const percentPattern = `^([0-9]{1,6})%$`

var percentForm = regexp.MustCompile(percentPattern)

// choiceLeaf is one of some words. later are those of coming versions.
func choiceLeaf[T ~string](at func(*settings) *T, later []T, values ...T) leaf {
	return leafOf[T]{at: at, parse: single(oneOf(later, values)), write: func(v T) any { return string(v) },
		shape: map[string]any{"type": "string", "enum": values}}
}

func oneOf[T ~string](later, values []T) func(*node) (T, error) {
	return func(n *node) (T, error) {
		v := T(n.text())
		switch {
		case slices.Contains(values, v):
			return v, nil
		case slices.Contains(later, v):
			return "", fmt.Errorf("%s is not supported by this version; write %s", v, words(values))
		}
		return "", fmt.Errorf("%s is not one of %s", brief(n.literal), words(values))
	}
}

func words[T ~string](values []T) string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return strings.Join(all, ", ")
}

// patternLeaf is a text of a form; want says in words which.
func patternLeaf(pattern, want string, at func(*settings) *string) leaf {
	form := regexp.MustCompile(pattern)
	return leafOf[string]{at: at, write: func(v string) any { return v }, shape: map[string]any{"type": "string", "pattern": pattern},
		parse: single(func(n *node) (string, error) {
			if s, ok := n.value.(string); !ok || !form.MatchString(s) {
				return "", fmt.Errorf("%s (%s) is not %s", brief(n.literal), n.what(), want)
			}
			return n.text(), nil
		})}
}

// textsLeaf is a list of texts.
func textsLeaf(most int, at func(*settings) *[]string) leaf {
	return leafOf[[]string]{at: at, parse: listOf(most, single(line)), write: func(v []string) any { return list(v) },
		shape: map[string]any{"type": "array", "maxItems": most, "uniqueItems": true, "items": map[string]any{"type": "string", "minLength": 1, "maxLength": maxText}}}
}

// list is never nil, so that an empty list is written as one.
func list[T any](v []T) []T {
	if v == nil {
		return []T{}
	}
	return v
}

// maxText bounds a name, a pattern and a query, in bytes.
const maxText = 2048

// line is a text without what cannot be printed.
func line(n *node) (string, error) {
	s, ok := n.value.(string)
	switch {
	case !ok:
		return "", fmt.Errorf("it has to be a string, and it is %s; quote it", n.what())
	case strings.TrimSpace(s) == "":
		return "", errors.New("it is empty; write it out or remove it")
	case len(s) > maxText:
		return "", fmt.Errorf("it has %d bytes, and at most %d are read", len(s), maxText)
	case strings.ContainsFunc(s, unprintable):
		return "", fmt.Errorf("%s has characters that cannot be printed; remove them", brief(s))
	}
	return s, nil
}

func unprintable(c rune) bool { return !unicode.IsPrint(c) && c != '\n' && c != '\t' }
