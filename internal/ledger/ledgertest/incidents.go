package ledgertest

import (
	"fmt"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

func incidents(t *testing.T, s ledger.Store) {
	ctx, at := t.Context(), time.Unix(1, 0).UTC()
	must(t, s.WriteRecord(ctx, ledger.Record{ID: "20260101T000000Z-r", Application: app}))
	for _, id := range []string{"20260102T000000Z-b", "20260101T000000Z-a"} {
		must(t, s.WriteIncident(ctx, ledger.IncidentRecord{ID: id, Application: app, Opened: at, Outcome: flink.IncidentHelped,
			Alarms: []ledger.Raised{{Alarm: "latency", Series: "s", At: at}}, Steps: []ledger.Repair{{Incident: id, Step: flink.StepRestart, At: at, Outcome: flink.Succeeded}}}))
	}
	ids, err := s.Incidents(ctx, app, 9)
	must(t, err)
	records, err := s.Records(ctx, app, 9)
	must(t, err)
	if fmt.Sprint(ids, records) != "[20260102T000000Z-b 20260101T000000Z-a] [20260101T000000Z-r]" {
		t.Errorf("incidents %v, releases %v", ids, records)
	}
	r, err := s.Incident(ctx, app, ids[0])
	must(t, err)
	if r.ID != ids[0] || r.Outcome != flink.IncidentHelped || len(r.Steps) != 1 || r.Alarms[0].Series != "s" || r.Schema != ledger.Schema {
		t.Errorf("got %+v", r)
	}
}

func toldTwice(t *testing.T, s ledger.Store) {
	ctx := t.Context()
	record := ledger.IncidentRecord{ID: "20260103T000000Z-c", Application: app}
	for _, record.Outcome = range []flink.IncidentOutcome{flink.IncidentIgnored, flink.IncidentIgnored, flink.IncidentHelped, flink.IncidentIgnored} {
		must(t, s.WriteIncident(ctx, record))
	}
	if r, err := s.Incident(ctx, app, record.ID); err != nil || r.Outcome != flink.IncidentHelped {
		t.Errorf("the record says %s, %v", r.Outcome, err)
	}
}

func openIncident(t *testing.T, s ledger.Store) {
	ctx, at := t.Context(), time.Unix(1, 0).UTC()
	_, err := ledger.Update(ctx, s, app, func(d *ledger.Document) error {
		d.Incident = &ledger.Incident{ID: "i1", Holder: "arn", Expires: at.Add(time.Minute), Opened: at, Alarms: []ledger.Raised{{Alarm: "latency", At: at}}, Event: []byte(`{"a":1}`)}
		d.Incident.Join(ledger.Raised{Alarm: "latency", At: at})
		d.Incident.Join(ledger.Raised{Alarm: "lag", At: at})
		d.DidRepair(ledger.Repair{Incident: "i1", Step: flink.StepRestart, Request: "i1-1", At: at})
		d.DidRepair(ledger.Repair{Incident: "i1", Step: flink.StepRestart, Request: "i1-1", At: at, Outcome: flink.Succeeded})
		return nil
	})
	must(t, err)
	d, _, err := s.Document(ctx, app)
	must(t, err)
	i := d.Incident
	if i == nil || i.Joined != 2 || len(i.Alarms) != 2 || len(i.Steps) != 1 || i.Steps[0].Outcome != flink.Succeeded || len(d.Repairs) != 1 {
		t.Errorf("got %+v, repairs %+v", i, d.Repairs)
	}
	if !i.Open(at) || i.Open(at.Add(time.Minute)) {
		t.Errorf("open at %s: %v, a minute later: %v", at, i.Open(at), i.Open(at.Add(time.Minute)))
	}
	if err := d.Hold("i1", "arn", at.Add(time.Hour), time.Minute); err != nil || !d.Incident.Open(at.Add(time.Hour)) {
		t.Errorf("its holder: %v", err)
	}
	for _, other := range [][2]string{{"i2", "arn"}, {"i1", "another"}} {
		if err := d.Hold(other[0], other[1], at, time.Minute); flink.CodeOf(err) != flink.LeaseLost {
			t.Errorf("%v: %v", other, err)
		}
	}
}
