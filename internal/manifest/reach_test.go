package manifest

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAPlaceIsBelowAnotherBySegments(t *testing.T) {
	for _, c := range []struct {
		allowed, place string
		is             bool
	}{
		{"s3://b/team-a", "s3://b/team-a", true},
		{"s3://b/team-a", "s3://b/team-a/", true},
		{"s3://b/team-a/", "s3://b/team-a", true},
		{"s3://b/team-a/", "s3://b/team-a/fraud/checkpoints", true},
		{"s3://b/team-a", "s3a://b/team-a/x", true},
		{"s3p://b/team-a", "s3://b//team-a/x", true},
		{"s3://b/team-a", "s3://b/team-a-evil", false},
		{"s3://b/team-a", "s3://b/team", false},
		{"s3://b/team-a", "s3://b", false},
		{"s3://b/team-a", "s3://c/team-a", false},
		{"s3://b", "s3://b-evil/x", false},
		{"s3://b", "s3://b/anything", true},
		{"s3://b/*/fraud", "s3://b/team-a/fraud/x", true},
		{"s3://b/*/fraud", "s3://b/team-a/other/fraud", false},
		{"s3://b-*", "s3://b-team-a/x", true},
		{"s3://b/team-*", "s3://b/team-a/x", true},
		{"file:///mnt/state", "file:///mnt/state/x", true},
		{"file:///mnt/state", "file://host/mnt/state/x", false},
		{"file:///mnt/state", "s3:///mnt/state/x", false},
	} {
		if got := below(c.allowed, c.place); got != c.is {
			t.Errorf("%s below %s: %v", c.place, c.allowed, got)
		}
	}
}

func TestAPatternMatchesTheWholeText(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		is            bool
	}{
		{"flink", "flink", true},
		{"flink", "flink-admin", false},
		{"flink", "xflink", false},
		{"flink*", "flink-admin", true},
		{"*", "", true},
		{"*", "a\nb", true},
		{"ghcr.io/acme/*", "ghcr.io/acme/a/b:1", true},
		{"ghcr.io/acme/*", "ghcrXio/acme/a", false},
		{"ghcr.io/acme/*", "evil.io/ghcr.io/acme/a", false},
		{"a*b*c", "abc", true},
		{"a*b*c", "acb", false},
		{"arn:aws:iam::*:role/team-a-*", "arn:aws:iam::1:role/team-a-x", true},
		{"(a|b)", "a", false},
	} {
		if got := matches(c.pattern, c.text); got != c.is {
			t.Errorf("%q matches %q: %v", c.pattern, c.text, got)
		}
	}
}

// Every short pattern is held against every short text as a regular expression reads it.
func TestAPatternMeansWhatItsRegularExpressionDoes(t *testing.T) {
	texts := spelled("ab", 5)
	for _, pattern := range spelled("ab*", 5) {
		form := regexp.MustCompile(`\A` + strings.ReplaceAll(pattern, "*", ".*") + `\z`)
		for _, text := range texts {
			if got := matches(pattern, text); got != form.MatchString(text) {
				t.Errorf("%q matches %q: %v", pattern, text, got)
			}
		}
	}
}

// spelled are all words of up to so many letters.
func spelled(letters string, most int) []string {
	all, newest := []string{""}, []string{""}
	for range most {
		var longer []string
		for _, w := range newest {
			for _, l := range letters {
				longer = append(longer, w+string(l))
			}
		}
		all, newest = append(all, longer...), longer
	}
	return all
}

// A key that is free must belong to a family that is not, else the entry says nothing.
func TestEveryFreeKeyIsOfAFamilyThatIsRefused(t *testing.T) {
	for _, free := range freeKeys {
		if !slices.ContainsFunc(reachingKeys, func(k struct{ key, why string }) bool { return matches(k.key, free) }) {
			t.Errorf("%s is in no family of reachingKeys", free)
		}
	}
}

func TestAClassPathStaysInTheImage(t *testing.T) {
	for uris, out := range map[string]bool{
		"file:///opt/a.jar;file:/opt/b.jar": false,
		"local:///opt/a.jar":                false,
		"":                                  false,
		"file:///a.jar;https://x/b.jar":     true,
		"[s3://b/a.jar]":                    true,
		"FILE:///a.jar":                     false,
	} {
		if got := leadsOut(uris); got != out {
			t.Errorf("%q leads out: %v", uris, got)
		}
	}
}

func TestADurationOfFlinksIsReadAsFlinkReadsIt(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"10s": 10 * time.Second, "3 min": 3 * time.Minute, "600000": 10 * time.Minute, " 1 H ": time.Hour,
		"2days": 48 * time.Hour, "0": 0, "500 ms": 500 * time.Millisecond, "999999999999999 d": tooLong,
	} {
		if got, ok := flinkDuration(text); !ok || got != want {
			t.Errorf("%q is %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "often", "1.5s", "-1s", "10 fortnights", "PT10S"} {
		if got, ok := flinkDuration(text); ok {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}
