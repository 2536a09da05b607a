package task

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// Remedies of what holds no lease.
const (
	Reopen RemedyAction = "Reopen" // an incident gets an execution that deals with it
	Clear  RemedyAction = "Clear"  // a throw-away cluster that somebody left is ended
)

// decideIncident says what becomes of an alarm that was being dealt with. The
// event that opened the incident, delivered again, takes over from a holder that
// has died, once its time is over.
func decideIncident(f remains) remedy {
	i := f.document.Incident
	if i == nil || i.Open(f.now) || f.incident == runs || len(i.Event) == 0 {
		return remedy{}
	}
	return remedy{action: Reopen, message: "the execution that dealt with incident " + i.ID + " has ended: another one takes over"}
}

// reopen has the incident's event start its machine once more.
func (t Tasks) reopen(ctx context.Context, f remains) error {
	i, app := f.document.Incident, f.document.Application
	machine := machineOf(i.Holder)
	if machine == "" {
		return flink.Errorf(flink.Internal, "take over incident "+i.ID, "its holder %.200q is no execution", i.Holder)
	}
	payload, err := json.Marshal(ledger.Start{Machine: machine, Input: i.Event})
	if err != nil {
		return flink.Errorf(flink.Internal, "take over incident "+i.ID, "%w", err)
	}
	m := ledger.Message{Name: fmt.Sprintf("%s-again-%s", i.ID, f.now.UTC().Format(releaseTime)), Kind: ledger.StartMachine, Payload: payload}
	d, err := ledger.Update(ctx, t.Ledger, app, func(d *ledger.Document) error {
		if d.Incident == nil || d.Incident.ID != i.ID || d.Incident.Holder != i.Holder {
			return errMovedOn
		}
		d.Post(m)
		return nil
	})
	if errors.Is(err, errMovedOn) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.sendAll(ctx, app, d.Outbox)
}

// machineOf is the ARN of an execution's machine; empty when it is none's.
func machineOf(execution string) string {
	machine := strings.Replace(execution, ":execution:", ":stateMachine:", 1)
	if machine == execution || lastColon(machine) < 0 {
		return ""
	}
	return machine[:lastColon(machine)]
}

// rehearsalLeft is how old a throw-away cluster is that nobody looks after any
// more, whatever the ledger says: the runtime ends one by itself long before.
const rehearsalLeft = 2 * time.Hour

// decideRehearsal says what becomes of a throw-away cluster. Whoever looks after
// one holds its application's lease under its name, from before it begins until
// it has ended. d is nil where the ledger says nothing: it may be another
// installation's.
func decideRehearsal(d *ledger.Document, left flink.LeftRehearsal, now time.Time) remedy {
	looked := d == nil || d.Lease != nil && d.Lease.Release == left.ID
	if looked && now.Sub(left.Since) < rehearsalLeft {
		return remedy{}
	}
	return remedy{action: Clear, message: "the throw-away cluster of rehearsal " + left.ID + " was left: it is ended"}
}

// clearRehearsals ends the throw-away clusters that somebody left in the
// namespaces of those applications.
func (t Tasks) clearRehearsals(ctx context.Context, r *Recovery, apps []ledger.Listed) {
	stage, can := rehearser(t.Target)
	if !can {
		return
	}
	looked := map[string]bool{}
	for _, listed := range apps {
		app := listed.Application
		if looked[app.Namespace] {
			continue
		}
		looked[app.Namespace] = true
		there, err := stage.Rehearsals(ctx, app.Namespace)
		if err != nil {
			r.did(flink.Application{Namespace: app.Namespace}, remedy{action: Clear}, err)
			continue
		}
		for _, left := range there {
			if m := decideRehearsal(t.known(ctx, left.Application), left, t.Clock.Now()); m.action != LeaveAlone {
				r.did(left.Application, m, stage.EndRehearsal(ctx, left.Rehearsal()))
			}
		}
	}
}

// known is an application's document; nil when there is none that can be read.
func (t Tasks) known(ctx context.Context, app flink.Application) *ledger.Document {
	d, version, err := t.Ledger.Document(ctx, app)
	if err != nil || version == "" {
		return nil
	}
	return &d
}
