package manifest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// anotherValue is, for every field, a value that is not its default.
var anotherValue = map[string]string{
	"artifact.key":                     "fraud.jar",
	"artifact.sha256":                  strings.Repeat("0a", 32),
	"progressDeadline":                 "20m",
	"bakeTime":                         "1m",
	"analysis.minCompletedCheckpoints": "3",
	"analysis.maxFailureRestarts":      "1",
	"analysis.lagRecovery.within":      "5m",
	"analysis.lagRecovery.baseline":    "150%",
	"analysis.cloudWatchAlarms":        "[fraud-latency]",
	"analysis.prometheus":              "[{query: up, successCondition: result == 1}]",
	"rollback.mode":                    "Manual",
	"rollback.restoreFrom":             "Latest",
	"rollback.replay":                  "Refuse",
	"approval.required":                "true",
	"approval.expires":                 "1h",
	"syncWindows":                      `[{kind: deny, schedule: "0 17 * * 5", duration: 63h}]`,
	"snapshots.every":                  "6h",
	"snapshots.keep":                   "3",
	"snapshots.maxAge":                 "7d",
	"snapshots.verify":                 "Restore",
	"remediation.alarms":               "[fraud-*]",
	"remediation.steps":                "[Restart, Escalate]",
	"remediation.rollbackWindow":       "1h",
	"remediation.scale.maxParallelism": "16",
	"remediation.cooldown":             "5m",
	"remediation.maxPerDay":            "2",
	"allow.serviceAccounts":            "[flink, fraud]",
	"allow.executionRoles":             "[arn:aws:iam::111122223333:role/fraud]",
	"allow.stateLocations":             "[s3://acme/team-a/]",
	"allow.images":                     "[acme/*]",
	"allow.secrets":                    "[fraud-*]",
	"allow.specFields":                 "[ingress]",
	"allow.podFields":                  "[spec.priorityClassName]",
	"allow.configuration":              "[security.kerberos.*]",
}

// strategy.type has one value in this version.
func init() { anotherValue["strategy.type"] = "" }

// settingOf reads a value as a document would have it.
func settingOf(t *testing.T, path, value string) given {
	t.Helper()
	if value == "" { // there is no other value: one that no document can say
		return given{path: path, line: 1, set: func(s *settings) { s.policy.Strategy.Type = "Other" }}
	}
	var y yaml.Node
	if err := yaml.Unmarshal([]byte(value), &y); err != nil {
		t.Fatal(err)
	}
	r := &report{}
	n := (&builder{report: r}).build(&y, "", 0)
	set := leafAt()[path].read(r, n, path)
	if err := r.err(); err != nil || set == nil {
		t.Fatalf("%s: %s: %v", path, value, err)
	}
	return given{path: path, line: 1, set: set}
}

// dealt is a stack of layers, at random.
type dealt struct {
	strata []stratum
	said   []map[string]bool // by stratum
}

func deal(t *testing.T, rng *rand.Rand, all map[string]given) dealt {
	t.Helper()
	var d dealt
	paths := slices.Sorted(maps.Keys(all))
	for i, source := range []Source{FromPlatform, FromNamespace, FromApplication} {
		s := stratum{source: source, file: string(source)}
		said := map[string]bool{}
		for _, path := range paths {
			if strings.HasPrefix(path, "artifact") && source != FromApplication {
				continue
			}
			if rng.IntN(3) == 0 {
				said[path] = true
				s.given = append(s.given, all[path])
			}
			if rng.IntN(6) == 0 && i < 2 {
				s.locks = append(s.locks, lock{path: path})
			}
		}
		if i < 2 && rng.IntN(4) == 0 {
			s.locks = append(s.locks, lock{path: "analysis"})
		}
		d.strata, d.said = append(d.strata, s), append(d.said, said)
	}
	return d
}

// The rules of resolution, for hundreds of stacks of layers: the highest layer
// that says something and was not locked out decides; what a layer locks keeps
// the value it has there; a conflict is told for exactly what would have changed.
func TestResolutionKeepsItsRules(t *testing.T) {
	all := map[string]given{}
	for path, value := range anotherValue {
		all[path] = settingOf(t, path, value)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for n := range 500 {
		d := deal(t, rng, all)
		r := nothingSaid(defaultSettings())
		for i, s := range d.strata {
			before := r
			r = before.with(s)
			for path := range all {
				other := valueAt(all[path].on(defaultSettings()), path)
				holdsRules(t, fmt.Sprintf("stack %d, %s, %s", n, s.source, path), path, other, before, r, s, d.said[i][path])
			}
			again := before.with(s)
			if !reflect.DeepEqual(explained(again), explained(r)) {
				t.Fatalf("stack %d: the same strata say two things", n)
			}
		}
		for _, s := range explained(r) {
			if (s.Source == FromDefault) != reflect.DeepEqual(s.Value, valueAt(defaultSettings(), s.Path)) {
				t.Fatalf("stack %d: %s is said to come from %s and is %v", n, s.Path, s.Source, s.Value)
			}
		}
	}
}

func holdsRules(t *testing.T, where, path string, other any, before, after resolution, s stratum, said bool) {
	t.Helper()
	was, is := valueAt(before.settings, path), valueAt(after.settings, path)
	_, locked := before.locked[path]
	conflict := slices.ContainsFunc(after.conflicts, func(c conflict) bool { return c.path == path })
	switch {
	case locked && !reflect.DeepEqual(was, is):
		t.Fatalf("%s: it was locked and changed from %v to %v", where, was, is)
	case conflict != (locked && said && !reflect.DeepEqual(was, other)):
		t.Fatalf("%s: conflict %v, locked %v, said %v", where, conflict, locked, said)
	case !locked && said && (!reflect.DeepEqual(is, other) || after.source(path) != s.source):
		t.Fatalf("%s: it was said and is %v from %s", where, is, after.source(path))
	case !said && (!reflect.DeepEqual(was, is) || before.source(path) != after.source(path)):
		t.Fatalf("%s: nothing was said and it changed to %v from %s", where, is, after.source(path))
	case locked && after.locked[path] != before.locked[path]:
		t.Fatalf("%s: the lock changed hands", where)
	}
	wanted := slices.ContainsFunc(s.locks, func(l lock) bool { return l.covers(path) }) && !strings.HasPrefix(path, "artifact")
	if by, is := after.locked[path]; is != (locked || wanted) || is && !locked && by.source != s.source {
		t.Fatalf("%s: locked %v by %v", where, is, by)
	}
}
