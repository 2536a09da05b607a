package hostile_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/test/stage"
)

// Limits of AWS: what a state takes and gives and what an event holds
// (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html,
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html),
// and what an execution may say of its failure
// (https://docs.aws.amazon.com/step-functions/latest/apireference/API_ExecutionFailedEventDetails.html).
const (
	maxPayload = 256 << 10
	maxCause   = 32768
)

// ended: an execution that came to exactly one of the machine's ends.
func ended(t *testing.T, s *stage.Stage, r asl.Result) {
	t.Helper()
	ends := 0
	for _, state := range r.Path {
		if slices.Contains([]string{"Succeeded", "FailedClean", "FailedDirty"}, state) {
			ends++
		}
	}
	if ends != 1 || len(r.Path) == 0 || r.Status == "FAILED" && r.Error != r.Path[len(r.Path)-1] {
		t.Errorf("it ended %d times: %s %s %.200s, by %v", ends, r.Status, r.Error, r.Cause, r.Path)
	}
	if len(r.Cause) > maxCause {
		t.Errorf("the execution's cause has %d bytes", len(r.Cause))
	}
	small(t, s)
}

// small: everything that went anywhere fits, and what is told is short.
func small(t *testing.T, s *stage.Stage) {
	t.Helper()
	for _, p := range append(s.Passages(), s.Documents()...) {
		if strings.HasPrefix(p.Where, "the object jars/") || p.Input {
			continue
		}
		most := maxPayload
		if strings.HasPrefix(p.Where, "the object ledger/") {
			most = 1 << 20 // it never travels
		}
		if len(p.Text) > most {
			t.Errorf("%s has %d bytes", p.Where, len(p.Text))
		}
	}
	for _, r := range s.Records() {
		said, _ := json.Marshal(r.Message)
		if len(said) > flink.MaxSentence+2 || len(r.Timeline) > 200 {
			t.Errorf("record %s has a message of %d bytes and %d lines", r.ID, len(said), len(r.Timeline))
		}
		for _, told := range []string{r.Message, r.Trigger, r.Jar} {
			if strings.ContainsAny(told, "\x1b\x00\r\u202e") {
				t.Errorf("record %s steers the terminal: %.100q", r.ID, told)
			}
		}
	}
}

// recorded: there is exactly one record beside those from before, with an outcome.
func recorded(t *testing.T, s *stage.Stage, before []ledger.Record, want flink.Outcome) ledger.Record {
	t.Helper()
	known := map[string]bool{}
	for _, r := range before {
		known[r.ID] = true
	}
	var fresh []ledger.Record
	for _, r := range s.Records() {
		if !known[r.ID] {
			fresh = append(fresh, r)
		}
	}
	if len(fresh) != 1 {
		for _, r := range fresh {
			t.Logf("%.60s: %s %s: %.300s", r.ID, r.Outcome, r.Reason, r.Message)
		}
		t.Fatalf("there are %d new records", len(fresh))
	}
	r := fresh[0]
	if r.Outcome == "" || want != "" && r.Outcome != want || r.Message == "" {
		t.Errorf("the record says %s %s: %.300s; want %s", r.Outcome, r.Reason, r.Message, want)
	}
	return r
}

// running opens a stage on which a first version runs.
func running(t *testing.T, o stage.Options) *stage.Stage {
	t.Helper()
	s := stage.New(t, o)
	ended(t, s, s.Run(s.Upload(stage.App.ManifestKey(), []byte(stage.Manifest))))
	ended(t, s, s.Run(s.Upload(stage.App.String()+"/v1.jar", s.Jar("v1", targettest.Behaviour{}))))
	return s
}

func TestAHostileEventEndsOnce(t *testing.T) {
	const s3 = `{"version":"0","id":"x","source":"aws.s3","detail-type":"Object Created","time":"2026-11-21T04:00:00Z","detail":%s}`
	key := func(k string) string {
		return fmt.Sprintf(s3, `{"bucket":{"name":"artifacts"},"object":{"key":`+k+`}}`)
	}
	change := func(detail string) string {
		return `{"version":"0","id":"x","source":"sluice","detail-type":"Sluice Change Requested","time":"2026-11-21T04:00:00Z","detail":` + detail + `}`
	}
	for name, c := range map[string]struct {
		event string
		want  flink.Outcome // empty: there is nobody who reads it, and no record
	}{
		"null":                          {`null`, flink.FailedClean},
		"a list":                        {`[]`, flink.FailedClean},
		"a number":                      {`1e308`, flink.FailedClean},
		"an empty object":               {`{}`, flink.FailedClean},
		"a detail that is null":         {fmt.Sprintf(s3, `null`), flink.FailedClean},
		"a detail of another type":      {fmt.Sprintf(s3, `"x"`), flink.FailedClean},
		"a time that is none":           {strings.Replace(key(`"team-a/counter/v1.jar"`), "2026-11", "2026-99", 1), flink.FailedClean},
		"no time":                       {strings.Replace(key(`"team-a/counter/gone.jar"`), `"time":"2026-11-21T04:00:00Z",`, "", 1), flink.Ignored},
		"a key without end":             {key(`"` + strings.Repeat("k/", 40_000) + `"`), flink.FailedClean},
		"a key that climbs":             {key(`"../../team-b/x.jar"`), flink.FailedClean},
		"a key with control characters": {key(`"team-a/\u001b[31m\u0000/x.jar"`), flink.FailedClean},
		"a file that steers terminals":  {key(`"team-a/counter/\u001b[2J\u202egrab.jar"`), flink.FailedClean},
		"a key of another bucket":       {strings.Replace(key(`"team-a/counter/v1.jar"`), "artifacts", "other", 1), ""},
		"an event of another source":    {`{"source":"x","detail-type":"y","detail":{"a":"` + strings.Repeat("z", 200_000) + `"}}`, ""},
		"a quarter of a megabyte":       {strings.TrimSuffix(key(`"team-a/counter/gone.jar"`), "}") + `,"junk":"` + strings.Repeat("<&>", 80_000) + `"}`, flink.Ignored},
		"fields that a task writes":     {strings.TrimSuffix(key(`"team-a/counter/gone.jar"`), "}") + `,"decision":"Apply","fence":99,"outcome":"Succeeded","id":"../x"}`, flink.Ignored},
		"deep nesting":                  {strings.TrimSuffix(key(`"team-a/counter/gone.jar"`), "}") + `,"junk":` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `}`, flink.Ignored},
		"a change that nobody knows":    {change(`{"request":"r-12345678","namespace":"team-a","application":"counter","change":"Explode"}`), flink.FailedClean},
		"a change of the wrong types":   {change(`{"request":1,"namespace":[],"parallelism":"x"}`), flink.FailedClean},
		"a change of nothing":           {change(`{}`), flink.FailedClean},
		"a change of no application":    {change(`{"request":"r-12345678","namespace":"../x","application":"y","change":"Restart"}`), flink.FailedClean},
		"a change with a long reason":   {change(`{"request":"r-12345678","namespace":"team-a","application":"counter","change":"Suspend","by":"` + strings.Repeat("b", 60_000) + `","why":"` + strings.Repeat("<", 60_000) + `"}`), "any"},
		"a change to many tasks":        {change(`{"request":"r-12345678","namespace":"team-a","application":"counter","change":"Scale","parallelism":2147483648000}`), "any"},
		"a change to fewer than none":   {change(`{"request":"r-12345678","namespace":"team-a","application":"counter","change":"Scale","parallelism":-1}`), "any"},
		"a revision that climbs":        {change(`{"request":"r-12345678","namespace":"team-a","application":"counter","change":"Rollback","revision":"../../x"}`), "any"},
	} {
		t.Run(name, func(t *testing.T) {
			s := running(t, stage.Options{})
			before := s.Records()
			ended(t, s, s.Run([]byte(c.event)))
			switch c.want {
			case "":
				if len(s.Records()) != len(before) {
					t.Errorf("an event of somebody else is recorded")
				}
			case "any":
				recorded(t, s, before, "")
			default:
				recorded(t, s, before, c.want)
			}
		})
	}
}
