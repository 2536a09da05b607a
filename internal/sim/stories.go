package sim

import (
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// soon uploads a manifest, and jars that do so, two minutes apart.
func soon(manifest string, versions ...string) Schedule {
	s := Schedule{Seed: 1, Events: []Event{{ID: "u0", Key: app.ManifestKey(), Version: manifest, Arrive: []time.Duration{0}}}}
	for n, version := range versions {
		s.Events = append(s.Events, Event{ID: fmt.Sprintf("u%d", n+1), At: 5*time.Second + time.Duration(n)*2*time.Minute,
			Key: fmt.Sprintf("%s/v%d.jar", app, n+1), Version: version, Arrive: []time.Duration{0}})
	}
	return s
}

// crowded has a manifest and then a jar come while a release is in flight.
func crowded() Schedule {
	s := soon("plain", "good", "good", "good")
	s.Events[2].At, s.Events[2].Key, s.Events[2].Version = 12*time.Second, app.ManifestKey(), "other"
	s.Events[3].At = 20 * time.Second
	return s
}

func (s Schedule) with(f Fault) Schedule {
	s.Faults = append(s.Faults[:len(s.Faults):len(s.Faults)], f)
	return s
}

// overwritten has one key written twice, before there is a manifest.
func overwritten() Schedule {
	ms := time.Millisecond
	key := app.String() + "/job.jar"
	return Schedule{Seed: 5748, Events: []Event{
		{ID: "u3", At: 221735 * ms, Key: key, Version: "good", Arrive: []time.Duration{37 * ms, 5 * ms, 154 * ms, 91 * ms}},
		{ID: "u4", At: 221945 * ms, Key: key, Version: "restart-loop", Arrive: []time.Duration{182 * ms}}}}
}

// hung has the second version's apply hang until its own release has brought
// the first one back and has ended.
func hung() Schedule {
	return soon("plain", "good", "restart-loop").with(Fault{Kind: Stall, Of: "u2", Call: "target.Apply", Nth: 2, For: 9 * time.Minute})
}

// applied has the first release stopped after its version runs, the resource
// deleted by hand, and another version uploaded when the lease has run out.
func applied() Schedule {
	s := soon("plain", "good", "good").with(Fault{Kind: StopAt, Of: "u1", Call: "target.Observe", Nth: 6}).with(Fault{Kind: DeleteOutside, At: 70 * time.Second})
	s.Events[2].At = 30 * time.Minute
	return s
}

// edited has somebody edit the resource while a version that never completes a
// checkpoint is watched.
func edited() Schedule {
	return soon("plain", "good", "never-checkpoints").with(Fault{Kind: EditOutside, At: 205 * time.Second})
}

// wants asks for a change at a time.
func (s Schedule) wants(id string, at, after time.Duration, c flink.Change) Schedule {
	s.Events = append(s.Events[:len(s.Events):len(s.Events)], Event{ID: id, At: at, Arrive: []time.Duration{after}, Ask: &Ask{Change: c}})
	return s
}

// lateRecord has the record of a change that is overtaken hang, while the change goes on.
func lateRecord() Schedule {
	ms := time.Millisecond
	s := soon("plain", "good").with(Fault{Kind: Stall, Of: "u5", Call: "ledger.PutIf", Nth: 1, For: 1534310 * ms})
	s.Seed, s.Events[0].Arrive, s.Events[1].Arrive = 2841, []time.Duration{128 * ms}, []time.Duration{182 * ms}
	restart := flink.Change{Kind: flink.Restart, By: "alarm", Automatic: true}
	return s.wants("u3", 1390321*ms, 170*ms, flink.Change{Kind: flink.Scale, By: "bob", Parallelism: 2}).
		wants("u4", 1391022*ms, 109*ms, restart).wants("u5", 1438131*ms, 124*ms, restart)
}

// olderThanTheRecord redeploys from a savepoint, and later upgrades by
// last-state to a version that never starts.
func olderThanTheRecord() Schedule {
	s := soon("last-state", "good").wants("u2", 5*time.Minute, 0, flink.Change{Kind: flink.Suspend, By: "ann"}).
		wants("u3", 8*time.Minute, 0, flink.Change{Kind: flink.Redeploy, By: "bob"})
	s.Events = append(s.Events, Event{ID: "u4", At: 12 * time.Minute, Key: app.String() + "/v4.jar", Version: "main-throws", Arrive: []time.Duration{0}})
	return s
}

// tooLate has a release called off between the writing of its record and that of the ledger.
func tooLate() Schedule {
	s := soon("plain", "good", "good").with(Fault{Kind: LateAnswer, Of: "u2", Call: "ledger.Put", Nth: 1, For: 10 * time.Second})
	return s.wants("u3", 2*time.Minute+56*time.Second, 0, flink.Change{Kind: flink.Cancel, By: "ann"})
}

// plannedTwice delivers a jar four times, and changes the manifest to one that
// asks for no approval in between.
func plannedTwice() Schedule {
	ms := time.Millisecond
	return Schedule{Seed: 1616, Events: []Event{
		{ID: "u0", Key: app.ManifestKey(), Version: "approval", Arrive: []time.Duration{199 * ms}},
		{ID: "u1", At: 5 * time.Second, Key: app.String() + "/v1.jar", Version: "good", Arrive: []time.Duration{28 * ms, 69 * ms, 2834 * ms, 187 * ms}},
		{ID: "u2", At: 5355 * ms, Key: app.ManifestKey(), Version: "plain", Arrive: []time.Duration{25 * ms}}}}
}
