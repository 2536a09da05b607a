package hostile_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/test/stage"
)

func TestAHostileManifestEndsOnceAndTouchesNothing(t *testing.T) {
	laughs := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		laughs += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 9), ","))
	}
	faulty := stage.Manifest
	for i := range 5000 {
		faulty += fmt.Sprintf("  unknown%d: \"%s\"\n", i, strings.Repeat("<", 40))
	}
	for name, doc := range map[string]string{
		"nothing":                       "",
		"null":                          "null",
		"no text":                       "\xff\xfe\x00",
		"a zip":                         "PK\x03\x04",
		"two megabytes":                 strings.Repeat("# filler\n", 1<<18),
		"aliases of aliases":            laughs,
		"brackets":                      strings.Repeat("[", 1<<19),
		"thousands of faults":           faulty,
		"a long fault":                  strings.Replace(stage.Manifest, "upgradeMode: savepoint", `upgradeMode: "`+strings.Repeat(`<\e[31m>`, 10_000)+`"`, 1),
		"keys that are long":            strings.Repeat(strings.Repeat("k", 500)+": x\n", 1000),
		"a document of another program": "apiVersion: v1\nkind: Secret\nmetadata: {name: counter}\ndata: {password: aHVudGVyMg==}\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := running(t, stage.Options{})
			starts, before := len(s.Model.Starts()), s.Records()
			ended(t, s, s.Run(s.Upload(stage.App.ManifestKey(), []byte(doc))))
			recorded(t, s, before, flink.FailedClean)
			before = s.Records()
			ended(t, s, s.Run(s.Upload(stage.App.String()+"/v2.jar", s.Jar("v2", targettest.Behaviour{}))))
			recorded(t, s, before, flink.FailedClean)
			if len(s.Model.Starts()) != starts {
				t.Error("a job was started")
			}
		})
	}
}

func TestAHostileJarEndsOnceAndTouchesNothing(t *testing.T) {
	s := stage.New(t, stage.Options{})
	whole := s.Jar("whole", targettest.Behaviour{})
	record := append([]byte("PK\x01\x02"), make([]byte, 43)...)
	record[28], record[46] = 1, 'x'
	end := append([]byte("PK\x05\x06"), make([]byte, 18)...)
	const entries = 1_000_000
	binary.LittleEndian.PutUint16(end[8:], entries%(1<<16))
	binary.LittleEndian.PutUint16(end[10:], entries%(1<<16))
	binary.LittleEndian.PutUint32(end[12:], entries*47)
	for name, jar := range map[string][]byte{
		"nothing":               {},
		"a page":                []byte("<html>" + strings.Repeat("log in ", 1<<16)),
		"the first half":        whole[:len(whole)/2],
		"the second half":       whole[len(whole)/2:],
		"a million entries":     append(bytes.Repeat(record, entries), end...),
		"zeros":                 make([]byte, 1<<20),
		"an attribute too long": s.Jar("long", targettest.Behaviour{}, "program-class: "+strings.Repeat("x", 1<<18)),
		"a class that climbs":   s.Jar("climbs", targettest.Behaviour{}, "program-class: ../../../etc/passwd"),
	} {
		t.Run(name, func(t *testing.T) {
			s := running(t, stage.Options{})
			starts, before := len(s.Model.Starts()), s.Records()
			ended(t, s, s.Run(s.Upload(stage.App.String()+"/v2.jar", jar)))
			recorded(t, s, before, flink.FailedClean)
			if len(s.Model.Starts()) != starts {
				t.Error("a job was started")
			}
		})
	}
}

func TestAHostileLedgerEndsOnce(t *testing.T) {
	const of = `"application":{"namespace":"team-a","name":"counter"}`
	for name, body := range map[string]string{
		"nothing":                     "",
		"null":                        "null",
		"a page":                      "<html>",
		"cut":                         `{"schema":2,` + of + `,"fence":1,"seen":["a`,
		"of another application":      `{"schema":2,"application":{"namespace":"team-b","name":"x"}}`,
		"of a later schema":           `{"schema":99,` + of + `}`,
		"of wrong types":              `{"schema":2,` + of + `,"fence":"x","lease":[]}`,
		"a fence without room":        `{"schema":2,` + of + `,"fence":9223372036854775807}`,
		"brackets":                    strings.Repeat("[", 1<<19),
		"a revision that is not":      `{"schema":2,` + of + `,"fence":7,"current":"../../x","lastGood":"nowhere"}`,
		"a circuit with a long story": `{"schema":2,` + of + `,"fence":7,"circuit":{"release":"r","message":"` + strings.Repeat("<", 1<<17) + `"}}`,
		"an outbox of a later time":   `{"schema":2,` + of + `,"fence":7,"outbox":[{"name":"x","kind":"Carrier pigeon","payload":{}}]}`,
		"a lease of a holder long ago": `{"schema":2,` + of + `,"fence":7,"lease":{"holder":"x","release":"` + strings.Repeat("y", 1<<16) +
			`","fence":7,"expires":"0001-01-01T00:00:00Z"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := stage.New(t, stage.Options{})
			s.Upload(stage.App.ManifestKey(), []byte(stage.Manifest))
			if err := s.Objects.Put(t.Context(), "ledger/team-a/counter.json", []byte(body)); err != nil {
				t.Fatal(err)
			}
			ended(t, s, s.Run(s.Upload(stage.App.String()+"/v1.jar", s.Jar("v1", targettest.Behaviour{}))))
			recorded(t, s, nil, "")
		})
	}
}
