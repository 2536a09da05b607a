package sim

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

// troubleMutants are planted bugs of what answers alarms and keeps savepoints.
var troubleMutants = map[string]Mutant{
	"an incident that is open is not looked at":        {Objects: objects(func(o *bugs) { o.change = func(d *ledger.Document) { d.Incident = nil } })},
	"an incident of another execution is not seen":     {Objects: objects(func(o *bugs) { o.hidesIncident = true })},
	"repairs of incidents before are not looked at":    {Objects: objects(func(o *bugs) { o.forgetsRepairs = true })},
	"the records of incidents are not kept":            {Objects: objects(func(o *bugs) { o.dropsBelow = ledger.IncidentPrefix })},
	"the records of rotations are not kept":            {Objects: objects(func(o *bugs) { o.dropsBelow = ledger.RotationPrefix + app.String() })},
	"a repair that failed leaves the circuit closed":   {Objects: objects(func(o *bugs) { o.noCircuitIn = "escalate" })},
	"what the job refers to is retired":                {Target: target(func(b *badTarget) { b.hidesReferences = true })},
	"fewer savepoints are kept than the policy says":   {Handlers: keepOne},
	"a savepoint is forgotten before its files are":    {Objects: objects(func(o *bugs) { o.forgetsRetiring = true })},
	"a rotation takes the lease of a release for free": {Objects: objects(func(o *bugs) { o.change = expireForRotation })},
}

// troubleBugs are what is wrong with an object store as far as alarms and savepoints go.
type troubleBugs struct {
	hidesIncident, forgetsRepairs, forgetsRetiring bool
	dropsBelow, noCircuitIn                        string
	repairs                                        []ledger.Repair // all that were ever written
}

func (b *troubleBugs) drops(key string) bool {
	return b.dropsBelow != "" && strings.HasPrefix(key, b.dropsBelow)
}

// hide takes out of a document that is read what a bug has nobody look at.
func (b *troubleBugs) hide(ctx context.Context, body []byte) []byte {
	holder := invocationOf(ctx).arn()
	return edit(body, func(d *ledger.Document) {
		if b.hidesIncident && d.Incident != nil && d.Incident.Holder != holder {
			d.Incident = nil
		}
		if b.forgetsRepairs {
			d.Repairs = slices.DeleteFunc(d.Repairs, func(r ledger.Repair) bool { return d.Incident == nil || r.Incident != d.Incident.ID })
		}
	})
}

// unhide puts back into a document that is written what only was not to be looked at.
func (b *troubleBugs) unhide(ctx context.Context, body []byte) []byte {
	in := invocationOf(ctx).function.Name
	return edit(body, func(d *ledger.Document) {
		if b.forgetsRepairs {
			for _, r := range d.Repairs {
				b.repairs = slices.DeleteFunc(b.repairs, func(o ledger.Repair) bool { return o.Request == r.Request })
				b.repairs = append(b.repairs, r)
			}
			d.Repairs = slices.Clone(b.repairs)
		}
		if b.noCircuitIn == in {
			d.Circuit = nil
		}
		for _, s := range slices.Clone(d.Snapshots) {
			if b.forgetsRetiring && !s.Retiring.IsZero() {
				d.DropSnapshot(s.Path)
			}
		}
	})
}

// keepOne has everything go but the newest savepoint.
func keepOne(_ task.Tasks, h map[string]task.Handler) {
	retire := h["retire"]
	h["retire"] = func(ctx context.Context, in []byte) ([]byte, error) {
		var r task.Rotation
		must(json.Unmarshal(in, &r))
		r.Policy.Keep = 1
		in, err := json.Marshal(r)
		must(err)
		return retire(ctx, in)
	}
}

// expireForRotation has whoever holds the lease seem dead.
func expireForRotation(d *ledger.Document) {
	if d.Lease != nil && d.Lease.For == ledger.ForRelease && d.Lease.Holder != "" {
		d.Lease = nil
	}
}
